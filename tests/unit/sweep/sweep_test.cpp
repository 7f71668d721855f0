#include "sim/run/sweep/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "sim/base/errors.h"
#include "sim/run/iteration.h"
#include "sim/run/sweep/front_runs.h"
#include "sim/run/sweep/outcome.h"
#include "sim/run/sweep/question.h"
#include "sim/run/sweep/sweep_report.h"
#include "tests/unit/sweep/sweep_fixture.h"

namespace lnsim {
namespace {

using testing::HasSubstr;

constexpr const char* kAxes = R"(axes:
  - {path: pe.lanes, values: [16, 32]}
  - {path: datapath.table_entries, values: [2, 8]}
  - {path: clock.frequency_ghz, values: [0.5, 1.0]}
)";

TEST_F(Sweeps, GiveWhatEachMachineGivesAlone) {
  const Ran outcome = run(std::string(kAxes) + "objectives: [{minimise: energy_pj}]\n");
  ASSERT_EQ(outcome.points.size(), 8U);
  const auto base = kSource / "configs/accelerators/lns-madam.yaml";
  const Trace trace = read_trace(kSource / "traces/digits-cnn.jsonl");
  for (const SweepPoint& point : outcome.points) {
    RunConfig config = read_run_config(base);
    config.machine.pe.lanes = point.parameters.at("pe.lanes");
    config.machine.datapath.table_entries = point.parameters.at("datapath.table_entries");
    config.machine.clock.frequency_ghz = point.parameters.at("clock.frequency_ghz");
    const EnergyCosts costs = read_energy_table(base.parent_path() / config.energy_table, config.machine);
    const IterationResult alone =
        run_iteration(trace, config, costs, {.values = Values::shapes_only, .jobs = 1},
                      [](std::size_t, std::size_t, const std::string&) {});
    const Metrics& metrics = point.result.metrics;
    EXPECT_EQ(at(metrics, Metric::cycles), static_cast<double>(alone.run.cycles));
    EXPECT_EQ(at(metrics, Metric::energy_pj), to_pj(alone.energy.total()));
    EXPECT_EQ(at(metrics, Metric::utilisation), utilisation(alone.run, config.machine.pe));
    EXPECT_DOUBLE_EQ(*at(metrics, Metric::time_s),
                     static_cast<double>(alone.run.cycles) / config.machine.clock.frequency_ghz / 1e9);
    double components = 0;
    for (const auto& [component, pj] : point.result.energy_pj_by_component) components += pj;
    EXPECT_DOUBLE_EQ(components, *at(metrics, Metric::energy_pj));
  }
}

TEST_F(Sweeps, RunOnlyWhatIsNotKnown) {
  const std::string objectives = "objectives: [{minimise: energy_pj}]\n";
  EXPECT_EQ(run(kAxes + objectives).run, 8U);
  const auto before = content("sweep.db");
  EXPECT_EQ(run(kAxes + objectives).run, 0U);
  EXPECT_EQ(content("sweep.db"), before);
  // One more value: its points are new; the results of the others are there.
  const auto results = [&] {
    const auto rows = content("sweep.db");
    return std::count_if(rows.begin(), rows.end(),
                         [](const std::string& row) { return row.starts_with("result"); });
  };
  EXPECT_EQ(results(), 8);
  run(R"(axes:
  - {path: pe.lanes, values: [16, 32]}
  - {path: datapath.table_entries, values: [2, 8, 4]}
  - {path: clock.frequency_ghz, values: [0.5, 1.0]}
)" + objectives);
  EXPECT_EQ(results(), 12);
}

TEST_F(Sweeps, InShardsGiveTheDatabaseOfOneRun) {
  const std::string rest = std::string(kAxes) + R"(objectives: [{minimise: energy_pj}, {minimise: time_s}]
reference: configs/accelerators/fp8-e4m3.yaml
operands: traces/digits-cnn.jsonl
)";
  run(rest, "whole.db");
  std::uint64_t points = 0;
  for (std::uint32_t i = 0; i < 3; ++i) points += run(rest, "part" + std::to_string(i) + ".db", {i, 3}).run;
  EXPECT_EQ(points, 8U);
  const SweepOutcome merged = run(rest, "merged.db", {}, {"part0.db", "part1.db", "part2.db"});
  EXPECT_EQ(content("merged.db"), content("whole.db"));
  EXPECT_EQ(merged.points.size(), 8U);
}

TEST_F(Sweeps, RecordPointsThatFailAndGoOn) {
  const Ran outcome = run(R"(axes:
  - {path: datapath.table_entries, values: [8, 16]}
objectives: [{minimise: energy_pj}]
)");
  ASSERT_EQ(outcome.points.size(), 2U);
  EXPECT_EQ(outcome.points[0].result.error, "");
  EXPECT_THAT(outcome.points[1].result.error,
              HasSubstr("lns-madam.yaml: datapath.table_entries: got 16, expected at most 8"));
  EXPECT_EQ(outcome.is_on_front, (std::vector<bool>{true, false}));
  EXPECT_THAT(sweep_table(outcome), HasSubstr("1 points failed"));
}

TEST_F(Sweeps, LeaveOutWhatConstraintsForbid) {
  const Ran outcome = run(std::string(kAxes) + R"(constraints:
  - pe.lanes * clock.frequency_ghz >= 16
  - energy_pj < reference.energy_pj
reference: configs/accelerators/fp8-e4m3.yaml
objectives: [{minimise: time_s}, {minimise: energy_pj}]
)");
  // 16 lanes at 0.5 GHz are the two that are left out.
  EXPECT_EQ(outcome.left_out, 2U);
  EXPECT_EQ(outcome.points.size(), 6U);
  ASSERT_TRUE(outcome.reference);
  for (std::size_t i = 0; i < outcome.points.size(); ++i) {
    const double energy = *at(outcome.points[i].result.metrics, Metric::energy_pj);
    if (!outcome.is_on_front[i]) continue;
    EXPECT_LT(energy, *at(outcome.reference->result.metrics, Metric::energy_pj));
  }
}

TEST_F(Sweeps, LeaveOutByConstraintsWhatNoConfigMayHave) {
  const Ran outcome = run(R"(axes:
  - {path: datapath.table_entries, values: [8, 16]}
constraints: [datapath.table_entries <= formats.weight.gamma]
objectives: [{minimise: energy_pj}]
)");
  EXPECT_EQ(outcome.left_out, 1U);
  EXPECT_EQ(outcome.points.size(), 1U);
}

TEST_F(Sweeps, PriceEveryMachineByTheTableOfTheSweep) {
  const Ran outcome = run(R"(axes: [{path: pe.lanes, values: [32]}]
reference: configs/accelerators/lns-madam.yaml
energy_table: configs/energy/system-45nm.yaml
objectives: [{minimise: energy_pj}]
)");
  ASSERT_EQ(outcome.points.size(), 1U);
  EXPECT_EQ(outcome.points[0].result.metrics, outcome.reference->result.metrics);
  EXPECT_EQ(outcome.points[0].config.at("energy_table"), "../energy/system-45nm.yaml");
  EXPECT_GT(outcome.points[0].result.energy_pj_by_component.at("leakage"), 0.0);  // the base's table has none
}

TEST_F(Sweeps, MeasureTheNumericErrorOfRecordedOperands) {
  const Ran outcome = run(R"(axes:
  - {path: datapath.table_entries, values: [1, 8]}
  - {path: pe.count, values: [1, 4]}
operands: traces/digits-cnn.jsonl
objectives: [{maximise: weight_gradient_sqnr_db}, {minimise: energy_pj}]
)");
  ASSERT_EQ(outcome.points.size(), 4U);
  const auto sqnr = [&](std::size_t i) {
    return *at(outcome.points[i].result.metrics, Metric::weight_gradient_sqnr_db);
  };
  EXPECT_EQ(sqnr(0), sqnr(1)) << "more processing elements change no value";
  EXPECT_EQ(sqnr(2), sqnr(3));
  // Mitchell's approximation is off by up to 6.1 %, the exact table by its constants' 8 bits.
  EXPECT_LT(sqnr(0), 35.0);
  EXPECT_GT(sqnr(2), 45.0);
}

TEST_F(Sweeps, SearchedByNsga2FindTheFrontOfTheGrid) {
  const std::string rest = R"(axes:
  - {path: pe.lanes, values: [8, 16, 32]}
  - {path: pe.count, values: [1, 2, 4, 8]}
  - {path: datapath.table_entries, values: [1, 2, 4, 8]}
objectives: [{minimise: time_s}, {minimise: energy_pj}]
)";
  const auto front_of = [](const SweepOutcome& outcome) {
    std::set<std::int64_t> numbers;
    for (std::size_t i = 0; i < outcome.points.size(); ++i)
      if (outcome.is_on_front[i]) numbers.insert(outcome.points[i].number);
    return numbers;
  };
  const SweepOutcome grid = run(rest, "grid.db");
  const SweepOutcome searched =
      run(rest + "search: {kind: nsga2, population: 8, generations: 4, seed: 3}\n", "searched.db");
  EXPECT_EQ(grid.points.size(), 48U);
  EXPECT_LE(searched.points.size(), 32U);
  EXPECT_EQ(front_of(searched), front_of(grid));
}

TEST_F(Sweeps, DependOnTensorsInFilesOfTheirOwn) {
  SweepFile sweep;
  sweep.path = folder_.path() / "sweep.yaml";
  sweep.base = kSource / "configs/accelerators/lns-madam.yaml";
  SweepInputs inputs;
  inputs.operands.emplace();
  Trace& trace = inputs.operands->trace;
  trace.path = folder_.path() / "step.jsonl";
  trace.tensors["w"].file = "w.npy";
  std::ofstream(trace.path) << "a manifest";
  const auto id_with = [&](const std::string& values) {
    std::ofstream(folder_.path() / "w.npy") << values;
    return stored_sweep(sweep, inputs).id;
  };
  EXPECT_EQ(id_with("values"), id_with("values"));
  EXPECT_NE(id_with("values"), id_with("others"));
}

TEST_F(Sweeps, RunTheirFrontInDetail) {
  const Ran outcome = run(std::string(kAxes) + "objectives: [{minimise: energy_pj}]\n");
  const SweepFile file = read_sweep(folder_.path() / "sweep.yaml");
  const auto folders = run_front(file, outcome, folder_.path() / "front", 1,
                                 [](std::size_t, std::size_t, const std::string&) {});
  ASSERT_FALSE(folders.empty());
  for (const auto& folder : folders) {
    const auto json = nlohmann::json::parse(std::ifstream(folder / "digits-cnn" / "report.json"));
    const auto& point = outcome.points[std::stoul(folder.filename().string())];
    EXPECT_EQ(json.at("totals").at("cycles"), *at(point.result.metrics, Metric::cycles));
    // The config can be run again as it stands.
    EXPECT_EQ(read_run_config(folder / "config.yaml").machine.pe.lanes, point.parameters.at("pe.lanes"));
    EXPECT_TRUE(std::filesystem::exists(folder / "digits-cnn" / "layers.csv"));
  }
}

TEST_F(Sweeps, OfNsga2AreNotCutIntoShards) {
  EXPECT_THROW(run(std::string(kAxes) + R"(objectives: [{minimise: energy_pj}]
search: {kind: nsga2, population: 8, generations: 4, seed: 3}
)",
                   "sweep.db", {0, 2}),
               UserError);
}

TEST_F(Sweeps, AreWrittenAsJsonAndCsvWithUnits) {
  const Ran outcome = run(std::string(kAxes) + "objectives: [{minimise: energy_pj}]\n");
  const auto json = sweep_json(outcome);
  EXPECT_EQ(json.at("points").size(), 8U);
  EXPECT_EQ(json.at("objectives").at(0).at("unit"), "pJ");
  EXPECT_EQ(json.at("points").at(3).at("parameters").at("pe.lanes"), 16);
  EXPECT_EQ(json.at("points").at(3).at("config").at("pe").at("lanes"), 16);
  const std::string csv = sweep_csv(outcome);
  EXPECT_THAT(csv, testing::StartsWith(
                       "number,pe.lanes,datapath.table_entries,clock.frequency_ghz,macs,cycles,time_s,"));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 9);
}

}  // namespace
}  // namespace lnsim
