#include "sim/run/config/run_config.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "sim/base/errors.h"
#include "sim/base/json_schema.h"
#include "sim/base/manual.h"
#include "sim/run/config/effective_config.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

const fs::path kAccelerators = fs::path(LNSIM_SOURCE_DIR) / "configs/accelerators";

std::vector<fs::path> committed_configs() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(kAccelerators)) paths.push_back(entry.path());
  return paths;
}

// A config beside the committed energy tables, so that their relative path holds.
class ScratchConfig {
 public:
  explicit ScratchConfig(const std::string& text) {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) / (std::string("run_config_test.") + test->name());
    fs::create_directories(folder_ / "energy");
    fs::create_directories(folder_ / "accelerators");
    std::ofstream(folder_ / "energy/published-45nm.yaml") << "name: stands in for a table\n";
    std::ofstream(path()) << text;
  }
  ~ScratchConfig() { fs::remove_all(folder_); }
  ScratchConfig(const ScratchConfig&) = delete;
  ScratchConfig& operator=(const ScratchConfig&) = delete;

  fs::path path() const { return folder_ / "accelerators/config.yaml"; }

 private:
  fs::path folder_;
};

TEST(RunConfig, every_committed_config_reads) {
  const std::vector<fs::path> paths = committed_configs();
  EXPECT_GE(paths.size(), 9U);
  for (const fs::path& path : paths) EXPECT_NO_THROW(read_run_config(path)) << path;
}

TEST(RunConfig, committed_configs_have_names_of_their_own_that_match_their_files) {
  for (const fs::path& path : committed_configs()) {
    EXPECT_EQ(read_run_config(path).machine.name, path.stem().string());
  }
}

TEST(RunConfig, the_lns_madam_config_is_the_default_machine) {
  RunConfig defaults;
  defaults.machine.name = "lns-madam";
  defaults.energy_table = "../energy/published-45nm.yaml";
  EXPECT_EQ(effective_config(read_run_config(kAccelerators / "lns-madam.yaml")).dump(1),
            effective_config(defaults).dump(1));
}

TEST(RunConfig, the_default_machine_has_the_published_sizes) {
  const AcceleratorParameters machine = read_run_config(kAccelerators / "lns-madam.yaml").machine;
  EXPECT_EQ(machine.clock.frequency_ghz, 1.05);
  EXPECT_EQ(machine.pe.lanes, 32U);
  EXPECT_EQ(machine.pe.vector_size, 32U);
  EXPECT_EQ(machine.pe.collector_entries, 16U);
  EXPECT_EQ(machine.pe.buffer_a.capacity_bytes, 128U * 1024U);
  EXPECT_EQ(machine.pe.buffer_b.capacity_bytes, 8U * 1024U);
  EXPECT_EQ(machine.datapath.accumulator_bits, 24U);
  EXPECT_EQ(machine.formats.weight.bits, 8U);
  EXPECT_EQ(machine.formats.weight.gamma, 8U);
  EXPECT_EQ(machine.formats.update.bits, 16U);
  EXPECT_EQ(machine.formats.update.gamma, 2048U);
  EXPECT_EQ(machine.optimizer.learning_rate, 0.0078125);
}

TEST(RunConfig, machines_to_be_compared_differ_in_datapath_formats_and_optimizer_only) {
  const auto machine_part = [](const std::string& name) {
    auto json = effective_config(read_run_config(kAccelerators / (name + ".yaml")));
    for (const char* key : {"name", "datapath", "formats", "optimizer"}) json.erase(key);
    return json.dump(1);
  };
  const std::string lns = machine_part("lns-madam");
  for (const char* name : {"fp8-e4m3", "fp8-e5m2", "bf16", "fp16", "fp32", "int8", "lns-multi-base"}) {
    EXPECT_EQ(machine_part(name), lns) << name;
  }
}

TEST(RunConfig, the_effective_config_reads_back_as_itself) {
  for (const fs::path& path : committed_configs()) {
    RunConfig config = read_run_config(path);
    config.mapping.tiles = {{.layer = "conv1", .pass = "forward", .rows = 64}, {.grid_rows = 1}};
    const auto effective = effective_config(config);
    const ScratchConfig copy(effective.dump(2));
    EXPECT_EQ(effective_config(read_run_config(copy.path())).dump(2), effective.dump(2)) << path;
  }
}

TEST(RunConfig, aliases_may_be_used_for_equal_formats) {
  const ScratchConfig config(
      "energy_table: ../energy/published-45nm.yaml\n"
      "formats: {weight: &f {kind: lns, gamma: 16}, activation: *f, error: *f}\n"
      "datapath: {table_entries: 16}\n");
  EXPECT_EQ(read_run_config(config.path()).machine.formats.error.gamma, 16U);
}

TEST(RunConfig, a_wrong_section_gives_one_message_and_none_about_what_depends_on_it) {
  const ScratchConfig config(
      "energy_table: ../energy/published-45nm.yaml\ndatapath: {kind: fp32}\nformats: 3\n");
  try {
    read_run_config(config.path());
    FAIL() << "read without a complaint";
  } catch (const UserError& error) {
    ASSERT_EQ(error.diagnostics().size(), 1U) << error.what();
    EXPECT_EQ(error.diagnostics()[0].path, "formats");
  }
}

TEST(RunConfig, table_entries_may_reach_the_finer_base_of_every_pair_of_operands) {
  const auto config = [](const std::string& weight, const std::string& activation, const std::string& error) {
    return "energy_table: ../energy/published-45nm.yaml\ndatapath: {table_entries: 16}\nformats: {weight: "
           "{gamma: " +
           weight + "}, activation: {gamma: " + activation + "}, error: {gamma: " + error + "}}\n";
  };
  EXPECT_NO_THROW(read_run_config(ScratchConfig(config("16", "16", "8")).path()));
  EXPECT_NO_THROW(read_run_config(ScratchConfig(config("8", "32", "16")).path()));
  EXPECT_THROW(read_run_config(ScratchConfig(config("8", "8", "16")).path()), UserError);
}

TEST(RunConfig, buffers_hold_two_vectors_or_are_refused) {
  const auto config = [](const std::string& bytes) {
    return "energy_table: ../energy/published-45nm.yaml\npe: {vector_size: 64, buffer_b: {capacity_bytes: " +
           bytes + "}}\n";
  };
  EXPECT_NO_THROW(read_run_config(ScratchConfig(config("128")).path()));
  EXPECT_THROW(read_run_config(ScratchConfig(config("127")).path()), UserError);
}

// Every key of the listing, as manual and schema should have it.
void collect(const std::vector<ParameterEntry>& entries, const std::string& parent,
             std::multiset<std::string>& paths) {
  for (const ParameterEntry& entry : entries) {
    const std::string path = parent.empty() ? entry.name : parent + "." + entry.name;
    if (entry.children.empty()) {
      paths.insert(path);
    } else {
      collect(entry.children, entry.type == ParameterType::list ? path + "[]" : path, paths);
    }
  }
}

std::vector<ParameterEntry> run_config_listing() {
  RunConfig defaults;
  return ParameterLister::listed(defaults);
}

TEST(RunConfigListing, every_key_stands_once_in_its_section_except_bits_which_two_formats_have) {
  std::multiset<std::string> paths;
  collect(run_config_listing(), "", paths);
  EXPECT_GT(paths.size(), 90U);
  for (const std::string& path : paths) {
    const bool is_format_bits = path.starts_with("formats.") && path.ends_with(".bits");
    EXPECT_EQ(paths.count(path), is_format_bits ? 2U : 1U) << path;
  }
}

TEST(RunConfigListing, the_manual_has_every_key) {
  std::multiset<std::string> expected;
  collect(run_config_listing(), "", expected);
  std::multiset<std::string> found;
  for (const auto& key : manual_json(run_config_listing(), "")) {
    found.insert(key["path"].get<std::string>());
    EXPECT_FALSE(key["doc"].get<std::string>().empty()) << key["path"];
  }
  EXPECT_EQ(found, expected);
}

TEST(RunConfigListing, the_schema_allows_every_key_and_every_committed_value) {
  const auto schema = json_schema(run_config_listing(), "run config");
  // What an editor would do with the committed configs, for the parts of the schema that are used.
  const auto accepts = [](const auto& self, const nlohmann::ordered_json& rule,
                          const nlohmann::ordered_json& value) -> bool {
    if (rule.contains("anyOf")) {
      bool any = false;
      for (const auto& form : rule["anyOf"]) any = any || self(self, form, value);
      return any;
    }
    if (rule.contains("enum"))
      return std::find(rule["enum"].begin(), rule["enum"].end(), value) != rule["enum"].end();
    if (rule["type"] == "object") {
      if (!value.is_object()) return false;
      for (const auto& [key, item] : value.items()) {
        if (!rule["properties"].contains(key) || !self(self, rule["properties"][key], item)) return false;
      }
      return true;
    }
    if (rule["type"] == "array") {
      for (const auto& item : value) {
        if (!self(self, rule["items"], item)) return false;
      }
      return value.is_array();
    }
    if (rule["type"] == "boolean") return value.is_boolean();
    if (rule["type"] == "string") return value.is_string();
    return value.is_number() && value >= rule["minimum"] && value <= rule["maximum"];
  };
  for (const fs::path& path : committed_configs()) {
    auto config = effective_config(read_run_config(path));
    EXPECT_TRUE(accepts(accepts, schema, config)) << path;
    config["pe"]["lane"] = 3;
    EXPECT_FALSE(accepts(accepts, schema, config)) << path;
  }
}

}  // namespace
}  // namespace lnsim
