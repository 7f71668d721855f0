#include "sim/run/timing_key.h"

#include <gtest/gtest.h>

#include "sim/base/yaml_overlay.h"
#include "sim/run/iteration.h"
#include "sim/run/sweep/parameter_paths.h"

namespace lnsim {
namespace {

struct Variation {
  std::string path, value;
};

std::shared_ptr<const YamlNode> scalar(const std::string& text) {
  auto node = std::make_shared<YamlNode>();
  node->kind = YamlNode::Kind::scalar;
  node->text = text;
  return node;
}

// Every parameter of the base changed alone, to some other value that it may have.
std::vector<Variation> variations(const std::filesystem::path& base) {
  std::vector<Variation> all;
  const RunConfig config = read_run_config(base);
  for (const std::string& path : parameter_paths()) {
    if (path == "name" || path == "energy_table") continue;
    for (const char* value : {"1",       "2",         "3",     "4",          "7",
                              "16",      "64",        "0.25",  "true",       "false",
                              "energy",  "wrap",      "exact", "floor",      "toward_zero",
                              "product", "geometric", "flush", "stochastic", "slot",
                              "flat",    "ddr4",      "sgd",   "fp32",       "energy_delay",
                              "channel"}) {
      try {
        YamlDocument document = read_yaml(base);
        document.root = with_value(document.root, path, scalar(value));
        read_run_config(document, base);
        all.push_back({path, value});
      } catch (const UserError&) {
        // not a value of this parameter
      }
    }
  }
  return all;
}

TEST(TimingKey, IsEqualOnlyForMachinesOfEqualCyclesAndEvents) {
  const std::filesystem::path base = LNSIM_SOURCE_DIR "/configs/accelerators/lns-madam.yaml";
  Trace trace = read_trace(LNSIM_SOURCE_DIR "/traces/digits-cnn.jsonl");
  std::erase_if(trace.operations, [](const TraceOperation& operation) {
    return !operation.layer.starts_with("fc") && !operation.layer.starts_with("block2.down");
  });
  const auto run = [&](const RunConfig& config) {
    const EnergyCosts costs = read_energy_table(base.parent_path() / config.energy_table, config.machine);
    const IterationResult result =
        run_iteration(trace, config, costs, {.values = Values::shapes_only, .jobs = 1},
                      [](std::size_t, std::size_t, const std::string&) {});
    return std::pair(timing_key(config, costs), result);
  };
  ASSERT_GT(trace.operations.size(), 8U);
  const auto [key, result] = run(read_run_config(base));
  std::size_t equal = 0, different = 0;
  for (const Variation& variation : variations(base)) {
    YamlDocument document = read_yaml(base);
    document.root = with_value(document.root, variation.path, scalar(variation.value));
    std::pair<std::string, IterationResult> varied;
    try {
      varied = run(read_run_config(document, base));
    } catch (const UserError&) {
      continue;  // a machine that cannot run this
    }
    if (varied.first != key) {
      ++different;
      continue;
    }
    ++equal;
    ASSERT_EQ(varied.second.operations.size(), result.operations.size());
    for (std::size_t i = 0; i < result.operations.size(); ++i)
      ASSERT_EQ(varied.second.operations[i].run, result.operations[i].run)
          << variation.path << ": " << variation.value << ", " << result.operations[i].layer;
  }
  // Both kinds of parameters were met.
  EXPECT_GT(equal, 30U);
  EXPECT_GT(different, 30U);
}

}  // namespace
}  // namespace lnsim
