// Sweeps that simulate only what may be on their front.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "sim/run/iteration.h"
#include "sim/run/iteration_estimate.h"
#include "sim/run/sweep/design.h"
#include "tests/unit/sweep/sweep_fixture.h"

namespace lnsim {
namespace {

constexpr const char* kShapes = R"(axes:
  - {path: pe.count, values: [1, 2, 4, 16]}
  - {path: dram.channels, values: [1, 2, 8]}
  - {path: bus.return_bytes_per_cycle, values: [16, 128]}
energy_table: configs/energy/system-45nm.yaml
objectives: [{minimise: energy_pj}, {minimise: time_s}]
)";

std::set<std::int64_t> front_numbers(const SweepOutcome& outcome) {
  std::set<std::int64_t> numbers;
  for (const std::size_t i : front_of(outcome)) numbers.insert(outcome.points[i].number);
  return numbers;
}

std::string front_only(const std::string& more = "") {
  return std::string(kShapes) + "search: {kind: grid, simulate: front" + more + "}\n";
}

class EstimatedSweeps : public Sweeps {};

TEST_F(EstimatedSweeps, GiveTheFrontOfASweepThatSimulatesAll) {
  const Ran all = run(kShapes, "all.db");
  const Ran front = run(front_only());
  EXPECT_EQ(front.run, 24U);
  EXPECT_LT(front.simulated, 24U);
  EXPECT_EQ(front_numbers(front), front_numbers(all));
  std::uint64_t simulated = 0;
  for (std::size_t i = 0; i < 24; ++i) {
    const SweepPoint& point = front.points[i];
    if (!point.estimated) {
      ++simulated;
      EXPECT_EQ(point.result.metrics, all.points[i].result.metrics);
      EXPECT_EQ(point.result.energy_pj_by_component, all.points[i].result.energy_pj_by_component);
    }
    EXPECT_EQ(point.config, all.points[i].config);
    EXPECT_NEAR(*at(point.result.metrics, Metric::cycles) / *at(all.points[i].result.metrics, Metric::cycles),
                1.0, 0.05)
        << point.parameters;
    EXPECT_FALSE(point.estimated && front.is_on_front[i]);
  }
  EXPECT_EQ(simulated, front.simulated);
}

TEST_F(EstimatedSweeps, SayHowFarEstimatesOfSimulatedPointsWereOff) {
  const Ran ran = run(front_only());
  const SweepFile file = read_sweep(folder_.path() / "sweep.yaml");
  const YamlDocument base = read_yaml(file.base);
  const Trace trace = read_trace(file.traces.front());
  KnownEstimates known;
  double sum = 0, worst = 0;
  std::uint64_t points = 0;
  for (const SweepPoint& point : ran.points) {
    if (point.estimated) continue;
    const Design design = design_of(file, static_cast<std::uint64_t>(point.number));
    const RunConfig config = sweep_config(file, design_document(file, base, design), file.base);
    const EnergyCosts costs =
        read_energy_table(file.base.parent_path() / config.energy_table, config.machine);
    const auto estimate = static_cast<double>(estimate_iteration(trace, config, costs, known).run.cycles);
    const double off = std::abs(estimate / *at(point.result.metrics, Metric::cycles) - 1.0);
    sum += off;
    worst = std::max(worst, off);
    ++points;
  }
  EXPECT_EQ(ran.estimates.points, points);
  EXPECT_NEAR(ran.estimates.cycles.mean, sum / static_cast<double>(points), 1e-12);
  EXPECT_NEAR(ran.estimates.cycles.worst, worst, 1e-12);
  EXPECT_GT(worst, 0.0);
  // A run that finds everything known says the same.
  EXPECT_NEAR(run(front_only()).estimates.cycles.mean, ran.estimates.cycles.mean, 1e-12);
}

TEST_F(EstimatedSweeps, SimulateMoreWithAWiderMargin) {
  const Ran none = run(front_only(", margin: 0"), "none.db");
  const Ran some = run(front_only(", margin: 0.1"), "some.db");
  const Ran all = run(front_only(", margin: 1"), "all.db");
  EXPECT_GE(none.simulated, front_of(none).size());
  EXPECT_GT(some.simulated, none.simulated);
  EXPECT_EQ(all.simulated, 24U);
}

TEST_F(EstimatedSweeps, InShardsAreSimulatedWhenTheyAreMerged) {
  run(front_only(), "one.db");
  const Ran part = run(front_only(), "part-1.db", {0, 3});
  EXPECT_EQ(part.run, 8U);
  EXPECT_EQ(part.simulated, 0U);
  run(front_only(), "part-2.db", {1, 3});
  run(front_only(), "part-3.db", {2, 3});
  run(front_only(), "merged.db", {}, {"part-1.db", "part-2.db", "part-3.db"});
  EXPECT_EQ(content("merged.db"), content("one.db"));
}

// A run that is killed leaves some of the points simulated that another one simulates.
TEST_F(EstimatedSweeps, SimulateTheSamePointsHoweverManyWereSimulatedBefore) {
  const Ran one = run(front_only(), "one.db");
  ASSERT_GT(one.simulated, 3U);
  for (const std::uint64_t left : {std::uint64_t{1}, one.simulated / 2}) {
    const std::string database = "killed-" + std::to_string(left) + ".db";
    run(front_only(), database);
    {
      sqlite::Database killed(folder_.path() / database, sqlite::Access::read_write);
      killed.execute(
          "DELETE FROM point WHERE number >= 0 AND number NOT IN (SELECT number FROM point WHERE "
          "NOT estimated AND number >= 0 ORDER BY number LIMIT " +
          std::to_string(left) + ")");
    }
    const Ran resumed = run(front_only(), database);
    EXPECT_EQ(resumed.simulated, one.simulated - left);
    EXPECT_EQ(content(database), content("one.db"));
  }
}

TEST_F(EstimatedSweeps, GoOnWhereTheyWereInterrupted) {
  run(front_only(), "one.db");
  run(front_only(), "resumed.db", {0, 2});  // some points, as estimates
  EXPECT_EQ(run(front_only(), "resumed.db").run, 12U);
  EXPECT_EQ(content("resumed.db"), content("one.db"));
  const Ran again = run(front_only(), "resumed.db");
  EXPECT_EQ(again.run + again.simulated, 0U);
}

TEST_F(EstimatedSweeps, SearchedByNsga2HaveASimulatedFront) {
  const Ran ran = run(std::string(kShapes) +
                      "search: {kind: nsga2, population: 8, generations: 4, seed: 3, simulate: front}\n");
  ASSERT_FALSE(front_of(ran).empty());
  for (const std::size_t i : front_of(ran)) EXPECT_FALSE(ran.points[i].estimated);
  // With simulated points among them the search takes the same steps.
  const Ran again = run(std::string(kShapes) +
                        "search: {kind: nsga2, population: 8, generations: 4, seed: 3, simulate: front}\n");
  EXPECT_EQ(again.run + again.simulated, 0U);
}

TEST_F(EstimatedSweeps, KeepTheMessagesOfMachinesThatCannotRun) {
  const Ran ran = run(R"(axes:
  - {path: datapath.table_entries, values: [16, 8]}
objectives: [{minimise: energy_pj}]
search: {kind: grid, simulate: front}
)");
  EXPECT_THAT(ran.points[0].result.error, testing::HasSubstr("datapath.table_entries: got 16"));
  EXPECT_FALSE(ran.points[1].estimated);
}

}  // namespace
}  // namespace lnsim
