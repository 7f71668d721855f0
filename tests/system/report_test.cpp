// The report of a whole run: sums, determinism, equality of shapes and values.
#include "sim/run/report/report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "sim/run/config/run_config.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const fs::path kSource = LNSIM_SOURCE_DIR;
const fs::path kConfig = kSource / "configs/accelerators/lns-madam.yaml";
const fs::path kRecorded = kSource / "traces/digits-cnn.jsonl";

// A two-layer iteration with every kind of pass; fc is there twice under two names.
constexpr const char* kSmallTrace = R"({"format":"lns-layertrace/1","model":"small"}
{"i":0,"layer":"conv","op":"conv2d","pass":"fwd","dims":{"N":2,"C":8,"H":6,"W":6,"K":16,"R":3,"S":3,"P":6,"Q":6,"groups":1,"stride":[1,1],"pad":[1,1],"dilation":[1,1]},"gemm":{"batch":1,"M":72,"N":16,"K":72},"macs":82944}
{"i":1,"layer":"relu","op":"relu","pass":"fwd","shape":[2,16,6,6]}
{"i":2,"layer":"fc1","op":"linear","pass":"fwd","gemm":{"batch":1,"M":2,"N":10,"K":576},"macs":11520}
{"i":3,"layer":"fc2","op":"linear","pass":"fwd","gemm":{"batch":1,"M":2,"N":10,"K":576},"macs":11520}
{"i":4,"layer":"fc1","op":"linear","pass":"bwd_input","gemm":{"batch":1,"M":2,"N":576,"K":10},"macs":11520}
{"i":5,"layer":"fc1","op":"linear","pass":"bwd_weight","gemm":{"batch":1,"M":10,"N":576,"K":2},"macs":11520}
{"i":6,"layer":"relu","op":"relu","pass":"bwd","shape":[2,16,6,6]}
{"i":7,"layer":"conv","op":"conv2d","pass":"bwd_weight","dims":{"N":2,"C":8,"H":6,"W":6,"K":16,"R":3,"S":3,"P":6,"Q":6,"groups":1,"stride":[1,1],"pad":[1,1],"dilation":[1,1]},"gemm":{"batch":1,"M":16,"N":72,"K":72},"macs":82944}
{"i":8,"layer":"fc1","param":"fc1.weight","op":"update","pass":"update","shape":[10,576]}
)";

class Report : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              (std::string("lnsim_report_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
    small_ = folder_ / "small.jsonl";
    std::ofstream(small_) << kSmallTrace;
  }
  void TearDown() override { fs::remove_all(folder_); }

  struct Run {
    IterationResult result;
    std::string json;
    std::string csv;
    std::string table;
  };

  static Run run(const fs::path& trace_path, Values values = Values::when_recorded,
                 const fs::path& config_path = kConfig) {
    const RunConfig config = read_run_config(config_path);
    return run(trace_path, values, config,
               {config_path, trace_path, config_path.parent_path() / config.energy_table});
  }

  static Run run(const fs::path& trace_path, Values values, const RunConfig& config,
                 const RunInputs& inputs) {
    const EnergyCosts costs = read_energy_table(inputs.energy_table_path, config.machine);
    const Trace trace = read_trace(trace_path);
    Run done;
    done.result = run_iteration(trace, config, costs, {.values = values},
                                [](std::size_t, std::size_t, const std::string&) {});
    done.json = report_json(done.result, config, costs, trace, inputs).dump(2);
    done.csv = report_csv(done.result, config, costs);
    done.table = report_table(done.result, config, costs, TableRows::all);
    return done;
  }

  static double sum(const Json& object) {
    double total = 0;
    for (const auto& [key, value] : object.items()) total += value.get<double>();
    return total;
  }

  static void expect_exact_sums(const Json& report) {
    std::uint64_t cycles = 0;
    std::uint64_t macs = 0;
    double energy = 0;
    for (const Json& layer : report["layers"]) {
      EXPECT_EQ(sum(layer["cycles_by_cause"]), layer["cycles"].get<double>()) << layer["layer"];
      EXPECT_EQ(sum(layer["energy_pj_by_component"]), layer["energy_pj"].get<double>()) << layer["layer"];
      EXPECT_GE(layer["utilisation"].get<double>(), 0.0);
      EXPECT_LE(layer["utilisation"].get<double>(), 1.0);
      cycles += layer["cycles"].get<std::uint64_t>();
      macs += layer["macs"].get<std::uint64_t>();
      energy += layer["energy_pj"].get<double>();
    }
    EXPECT_EQ(cycles, report["totals"]["cycles"].get<std::uint64_t>());
    EXPECT_EQ(macs, report["totals"]["macs"].get<std::uint64_t>());
    EXPECT_EQ(energy, report["totals"]["energy_pj"].get<double>());
    EXPECT_EQ(sum(report["totals"]["cycles_by_cause"]), report["totals"]["cycles"].get<double>());
    EXPECT_EQ(sum(report["totals"]["energy_pj_by_component"]), report["totals"]["energy_pj"].get<double>());
    EXPECT_EQ(sum(report["totals"]["energy_pj_by_event"]), report["totals"]["energy_pj"].get<double>());
    EXPECT_EQ(report["totals"]["energy_pj_by_level"]["system"], report["totals"]["energy_pj"]);
  }

  fs::path folder_;
  fs::path small_;
};

TEST_F(Report, adds_up_exactly_and_has_every_promised_field) {
  const Json report = Json::parse(run(small_).json);
  expect_exact_sums(report);
  EXPECT_EQ(report["layers"].size(), 9U);
  for (const Json& layer : report["layers"]) {
    for (const char* key : {"layer", "pass", "operator", "cycles", "macs", "utilisation", "energy_pj",
                            "energy_fj_per_mac", "cycles_by_cause", "energy_pj_by_component",
                            "bytes_by_level", "bottleneck", "least_cycles_by_resource", "roofline"}) {
      EXPECT_TRUE(layer.contains(key)) << key;
    }
    EXPECT_GT(layer["cycles"].get<std::uint64_t>(), 0U) << layer["layer"];
  }
  EXPECT_EQ(report["totals"]["macs"], 82944 * 2 + 11520 * 4);
  EXPECT_FALSE(report["left_out"].empty());
  EXPECT_EQ(report["provenance"]["config"]["sha256"].get<std::string>().size(), 64U);
}

TEST_F(Report, is_equal_byte_for_byte_for_equal_input) {
  const Run first = run(small_);
  const Run second = run(small_);
  EXPECT_EQ(first.json, second.json);
  EXPECT_EQ(first.csv, second.csv);
  EXPECT_EQ(first.table, second.table);
}

TEST_F(Report, simulates_equal_operations_once) {
  const Run done = run(small_);
  EXPECT_EQ(done.result.simulated, 8U);
  EXPECT_EQ(done.result.operations[2].run, done.result.operations[3].run);
}

TEST_F(Report, csv_has_a_row_for_each_operation_and_as_many_fields_in_each) {
  const std::string csv = run(small_).csv;
  std::set<std::ptrdiff_t> commas;
  std::size_t rows = 0;
  for (std::size_t start = 0; start < csv.size();) {
    const std::size_t end = csv.find('\n', start);
    commas.insert(std::count(csv.begin() + static_cast<std::ptrdiff_t>(start),
                             csv.begin() + static_cast<std::ptrdiff_t>(end), ','));
    start = end + 1;
    ++rows;
  }
  EXPECT_EQ(rows, 10U);
  EXPECT_EQ(commas.size(), 1U);
}

TEST_F(Report, table_names_every_layer_and_what_is_left_out) {
  const std::string table = run(small_).table;
  for (const char* text :
       {"conv", "fc1", "fc2", "relu", "Left out of the model", "Energy by component", "total"}) {
    EXPECT_NE(table.find(text), std::string::npos) << text;
  }
}

TEST_F(Report, has_equal_cycles_and_events_with_values_on_and_off) {
  const Run with = run(kRecorded);
  const Run without = run(kRecorded, Values::shapes_only);
  ASSERT_EQ(with.result.operations.size(), without.result.operations.size());
  std::size_t numeric = 0;
  for (std::size_t i = 0; i < with.result.operations.size(); ++i) {
    const OperationResult& a = with.result.operations[i];
    const OperationResult& b = without.result.operations[i];
    EXPECT_EQ(a.run.cycles, b.run.cycles) << a.layer;
    EXPECT_EQ(a.run.cycles_by_cause, b.run.cycles_by_cause) << a.layer;
    EXPECT_EQ(a.run.events, b.run.events) << a.layer;
    EXPECT_FALSE(b.numeric.has_value());
    numeric += a.numeric.has_value() ? 1U : 0U;
  }
  EXPECT_GE(numeric, 15U);
  expect_exact_sums(Json::parse(with.json));
}

// A table that prices lanes by what switches in them.
class SwitchingReport : public Report {
 protected:
  static Run run_by_switching(const fs::path& trace, Values values, const RunConfig& config) {
    return run(trace, values, config, {kConfig, trace, kSource / "tests/data/energy/switching.yaml"});
  }
};

TEST_F(SwitchingReport, adds_up_and_says_what_was_priced_from_operands_and_what_by_the_mean) {
  const Run done = run_by_switching(kRecorded, Values::when_recorded, read_run_config(kConfig));
  const Json report = Json::parse(done.json);
  expect_exact_sums(report);
  const Json& priced = report["totals"]["energy_from_operands"];
  EXPECT_EQ(priced["macs"], report["totals"]["macs"]);
  EXPECT_EQ(priced["macs_by_mean"], 0);
  // Lanes and collectors, and nothing else.
  const Json& events = report["totals"]["energy_pj_by_event"];
  EXPECT_EQ(priced["energy_pj"].get<double>(),
            events["datapath.mac"].get<double>() + events["collector.accumulate"].get<double>());
  EXPECT_EQ(events["datapath.idle_mac"], 0.0);
  EXPECT_GE(report["totals"]["energy_pj_by_basis"]["characterised"], priced["energy_pj"]);
  std::uint64_t macs = 0;
  double energy = 0, by_mean = 0;
  for (const Json& layer : report["layers"]) {
    macs += layer["energy_from_operands"]["macs"].get<std::uint64_t>();
    energy += layer["energy_from_operands"]["energy_pj"].get<double>();
    by_mean += layer["energy_from_operands"]["energy_by_mean_pj"].get<double>();
  }
  EXPECT_EQ(macs, priced["macs"].get<std::uint64_t>());
  EXPECT_EQ(energy, priced["energy_pj"].get<double>());
  EXPECT_EQ(by_mean, priced["energy_by_mean_pj"].get<double>());
  EXPECT_EQ(priced["ratio_to_mean"].get<double>(), energy / by_mean);
  EXPECT_EQ(report["energy_table"]["switching"]["held_out_error_fraction"]["worst"], 0.06);
  for (const char* text : {"priced from their operands                 3 223 296 MACs",
                           "by the mean of operand class \"normal\"              0 MACs",
                           "on 4 held-out streams: mean 2.0 %, worst 6.0 %"})
    EXPECT_NE(done.table.find(text), std::string::npos) << text << done.table;
}

TEST_F(SwitchingReport, costs_without_operands_what_the_means_cost) {
  const RunConfig config = read_run_config(kConfig);
  const Run means = run_by_switching(kRecorded, Values::shapes_only, config);
  const Run published = run(kRecorded, Values::shapes_only);
  EXPECT_EQ(means.result.energy.quanta, published.result.energy.quanta);
  const Json priced = Json::parse(means.json)["totals"]["energy_from_operands"];
  EXPECT_EQ(priced["macs"], 0);
  EXPECT_EQ(priced["macs_by_mean"], 3223296);
  EXPECT_TRUE(priced["ratio_to_mean"].is_null());
  EXPECT_NE(means.table.find("by the mean of operand class \"normal\"      3 223 296 MACs"),
            std::string::npos)
      << means.table;
  EXPECT_EQ(published.table.find("operand class"), std::string::npos);
  EXPECT_TRUE(Json::parse(published.json)["totals"]["energy_from_operands"].is_null());
}

TEST_F(SwitchingReport, does_not_use_a_model_of_another_table_size) {
  RunConfig config = read_run_config(kConfig);
  config.machine.datapath.table_entries = 4;
  const Run done = run_by_switching(kRecorded, Values::when_recorded, config);
  EXPECT_TRUE(Json::parse(done.json)["totals"]["energy_from_operands"].is_null());
  EXPECT_EQ(done.result.run.switching, arith::SwitchingCounts{});
}

TEST_F(Report, counts_new_weights_that_equal_the_recorded_ones) {
  const Run done = run(kRecorded);
  EXPECT_NE(done.table.find("Recorded weight updates: 4 968 of 4 968 new weights equal the recorded ones"),
            std::string::npos);
}

TEST_F(Report, replays_a_recorded_step_on_every_committed_machine_and_says_when_the_update_rule_differs) {
  for (const auto& entry : fs::directory_iterator(kSource / "configs/accelerators")) {
    const Run done = run(kRecorded, Values::when_recorded, entry.path());
    const Json report = Json::parse(done.json);
    expect_exact_sums(report);
    const bool madam = report["config"]["optimizer"]["kind"] == "madam";
    std::size_t set_aside = 0;
    for (const Json& layer : report["layers"]) {
      if (layer["pass"] == "weight_update" && layer.contains("numeric") &&
          layer["numeric"].contains("not_replayed")) {
        EXPECT_EQ(layer["numeric"]["recorded_rule"], "madam_int");
        ++set_aside;
      }
    }
    EXPECT_EQ(set_aside, madam ? 0U : 7U) << entry.path();
    EXPECT_EQ(done.table.find("values not replayed") == std::string::npos, madam) << entry.path();
  }
}

}  // namespace
}  // namespace lnsim
