#include "sim/run/sweep/result_store.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "sim/base/errors.h"
#include "tests/unit/temporary_folder.h"

namespace lnsim {
namespace {

SweepResult some_result(double energy) {
  SweepResult result;
  at(result.metrics, Metric::energy_pj) = energy;
  at(result.metrics, Metric::cycles) = 12.0;
  result.energy_pj_by_component = {{"dram", energy / 4}, {"datapath", 0.1}};
  return result;
}

void expect_equal(const SweepResult& a, const SweepResult& b) {
  EXPECT_EQ(a.error, b.error);
  EXPECT_EQ(a.metrics, b.metrics);
  EXPECT_EQ(a.energy_pj_by_component, b.energy_pj_by_component);
}

StoredSweep some_sweep() {
  StoredSweep sweep{"id", "it's", "lnsim", {}};
  sweep.question["axes"] = {{{"path", "pe.lanes"}}, {{"path", "formats.weight.bits"}}};
  return sweep;
}

SweepPoint some_point(std::int64_t number, double energy) {
  return {
      number, {{"pe.lanes", number * 8}, {"formats.weight.bits", 6}}, {{"name", "x"}}, some_result(energy)};
}

TEST(ResultStore, GivesBackWhatItTook) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "results.db";
  SweepResult failed;
  failed.error = "a.yaml: pe.lanes: got 0, expected 1";
  {
    ResultStore store(file);
    store.add_result("a", some_result(1.0 / 3.0));
    store.add_result("b", failed);
    expect_equal(*store.result("a"), some_result(1.0 / 3.0));  // before it is written
    store.add_sweep(some_sweep());
    store.add_point("id", some_point(2, 5.0));
    store.add_point("id", some_point(1, 7.0));
    EXPECT_THROW(store.shown(), UserError);
    store.show(some_sweep());
  }
  ResultStore store(file, sqlite::Access::read_only);
  expect_equal(*store.result("a"), some_result(1.0 / 3.0));
  expect_equal(*store.result("b"), failed);
  EXPECT_FALSE(store.result("c"));
  const auto points = store.points("id");
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].number, 1);
  EXPECT_EQ(points[0].parameters, some_point(1, 7.0).parameters);
  EXPECT_EQ(points[1].config, some_point(2, 5.0).config);
  expect_equal(points[1].result, some_result(5.0));
  EXPECT_EQ(store.shown().question, some_sweep().question);
}

TEST(ResultStore, ShowsPointsWithAColumnPerParameter) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "results.db";
  {
    ResultStore store(file);
    store.add_sweep(some_sweep());
    store.add_point("id", some_point(3, 5.0));
    store.show(some_sweep());
    store.show(some_sweep());  // again, as a second run does
  }
  sqlite::Database database(file, sqlite::Access::read_only);
  auto rows = database.prepare(R"(SELECT "pe.lanes", "formats.weight.bits", energy_pj FROM points)");
  ASSERT_TRUE(rows.step());
  EXPECT_EQ(rows.integer(0), 24);
  EXPECT_EQ(rows.integer(1), 6);
  EXPECT_EQ(rows.real(2), 5.0);
  EXPECT_FALSE(rows.step());
}

TEST(ResultStore, PutsSimulatedPointsInThePlaceOfEstimates) {
  const TemporaryFolder folder;
  ResultStore store(folder.path() / "results.db");
  store.add_sweep(some_sweep());
  SweepPoint estimate = some_point(1, 5.0);
  estimate.estimated = true;
  const auto only = [&] {
    const auto points = store.points("id");
    EXPECT_EQ(points.size(), 1U);
    return points.front();
  };
  store.add_point("id", estimate);
  EXPECT_TRUE(only().estimated);
  store.add_point("id", some_point(1, 7.0));
  EXPECT_FALSE(only().estimated);
  expect_equal(only().result, some_result(7.0));
  // Another process may come later with its estimate, or simulate the point again.
  store.add_point("id", estimate);
  store.add_point("id", some_point(1, 9.0));
  EXPECT_FALSE(only().estimated);
  expect_equal(only().result, some_result(7.0));
}

TEST(ResultStore, TakesWritersSideBySide) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "results.db";
  constexpr int kWriters = 4, kRows = 300;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      ResultStore store(file);
      for (int row = 0; row < kRows; ++row)
        store.add_result(std::to_string(writer) + "/" + std::to_string(row), some_result(row));
    });
  }
  for (std::thread& writer : writers) writer.join();
  ResultStore store(file, sqlite::Access::read_only);
  for (int writer = 0; writer < kWriters; ++writer)
    for (int row = 0; row < kRows; ++row)
      ASSERT_TRUE(store.result(std::to_string(writer) + "/" + std::to_string(row)));
}

TEST(ResultStore, TakesTheResultsOfAnother) {
  const TemporaryFolder folder;
  {
    ResultStore store(folder.path() / "a.db");
    store.add_result("a", some_result(1));
  }
  ResultStore store(folder.path() / "b.db");
  store.add_result("b", some_result(2));
  store.take_results(folder.path() / "a.db");
  expect_equal(*store.result("a"), some_result(1));
  expect_equal(*store.result("b"), some_result(2));
}

TEST(ResultStore, RefusesFilesOfOthers) {
  const TemporaryFolder folder;
  const auto text = folder.path() / "text.db", foreign = folder.path() / "foreign.db";
  std::ofstream(text) << "no database, but long enough to be looked at as one, as SQLite reads a page header";
  sqlite::Database(foreign).execute("CREATE TABLE songs(title TEXT)");
  EXPECT_THROW(ResultStore{text}, UserError);
  EXPECT_THROW(ResultStore{foreign}, UserError);
  EXPECT_THROW(ResultStore(folder.path() / "none.db", sqlite::Access::read_only), UserError);
  EXPECT_THROW(ResultStore{folder.path() / "no folder" / "a.db"}, UserError);
}

}  // namespace
}  // namespace lnsim
