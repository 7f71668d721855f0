// The timeline of whole operations: it tells the same as the report.
#include "sim/run/report/timeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "sim/run/config/run_config.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const fs::path kSource = LNSIM_SOURCE_DIR;

// Cycles charged as Activity charges them, from what each unit is said to have done: each cycle has the first
// cause that any unit is busy with.
std::array<std::uint64_t, kCauseCount> causes_of(const ActivityLog& log) {
  constexpr auto kControl = static_cast<UnitDoing>(Cause::control);
  std::vector<UnitDoing> of_cycle(log.cycles, kControl);
  for (const auto& pieces : log.units) {
    for (const auto& piece : pieces) {
      for (Cycle cycle = piece.begin; cycle < piece.end; ++cycle)
        of_cycle.at(cycle) = std::min(of_cycle.at(cycle), piece.doing);
    }
  }
  std::array<std::uint64_t, kCauseCount> cycles{};
  for (const UnitDoing cause : of_cycle) ++cycles.at(cause);
  return cycles;
}

class Timeline : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const fs::path path = kSource / "configs/accelerators/lns-madam.yaml";
    config_ = new RunConfig(read_run_config(path));
    const EnergyCosts costs = read_energy_table(path.parent_path() / config_->energy_table, config_->machine);
    const Trace trace = read_trace(kSource / "traces/digits-cnn.jsonl");
    result_ = new IterationResult(run_iteration(trace, *config_, costs,
                                                {.values = Values::shapes_only, .logs = Logs::kept},
                                                [](std::size_t, std::size_t, const std::string&) {}));
  }
  static void TearDownTestSuite() {
    delete result_;
    delete config_;
  }

  static Json at_resolution(Cycle resolution) {
    return Json::parse(timeline_json(*result_, config_->machine, resolution));
  }

  // Cycles by unit and what it did.
  static std::map<std::pair<std::string, std::string>, std::uint64_t> busy_cycles(const Json& timeline) {
    std::map<int, std::string> names;
    std::map<std::pair<std::string, std::string>, std::uint64_t> cycles;
    for (const Json& event : timeline["traceEvents"]) {
      if (event["name"] == "thread_name") names[event["tid"]] = event["args"]["name"];
      if (event["ph"] == "X" && names.at(event["tid"]) != "operations")
        cycles[{names.at(event["tid"]), event["name"]}] += event["dur"].get<std::uint64_t>();
    }
    return cycles;
  }

  static RunConfig* config_;
  static IterationResult* result_;
};

RunConfig* Timeline::config_ = nullptr;
IterationResult* Timeline::result_ = nullptr;

TEST_F(Timeline, of_each_operation_gives_the_cycles_by_cause_of_the_report) {
  for (const OperationResult& operation : result_->operations) {
    ASSERT_EQ(operation.log->cycles, operation.run.cycles);
    EXPECT_EQ(causes_of(*operation.log), operation.run.cycles_by_cause) << operation.layer;
  }
}

TEST_F(Timeline, shows_as_many_bytes_as_the_report_counts) {
  for (const OperationResult& operation : result_->operations) {
    for (std::size_t i = 0; i < kTrafficEvents.size(); ++i) {
      std::uint64_t bytes = 0;
      for (const auto& window : operation.log->traffic) bytes += window[i];
      EXPECT_EQ(bytes, operation.run.events[kTrafficEvents[i]]) << operation.layer;
    }
  }
}

TEST_F(Timeline, has_slices_that_add_up_to_what_each_unit_did_at_every_resolution) {
  std::map<std::pair<std::string, std::string>, std::uint64_t> expected;
  for (const OperationResult& operation : result_->operations) {
    for (std::size_t i = 0; i < result_->logged_units.size(); ++i) {
      for (const auto& piece : operation.log->units[i])
        expected[{result_->logged_units[i], unit_doing_name(piece.doing)}] += piece.end - piece.begin;
    }
  }
  for (const Cycle resolution : {1U, 7U, 64U, 4096U})
    EXPECT_EQ(busy_cycles(at_resolution(resolution)), expected) << resolution;
}

TEST_F(Timeline, names_units_as_systemc_does) {
  const std::vector<std::string>& names = result_->logged_units;
  for (const char* name : {"dma fetch", "dma write-back", "operand_bus", "return_bus", "weight_update",
                           "pe_3", "pe_3_ppu", "pe_15_vector_unit"})
    EXPECT_EQ(std::count(names.begin(), names.end(), name), 1) << name;
  EXPECT_EQ(names.size(), 5U + 16U * 3U);
}

TEST_F(Timeline, shows_operations_one_after_the_other_with_what_the_report_says_of_them) {
  std::uint64_t at = 0;
  std::size_t next = 0;
  const Json timeline = at_resolution(64);
  for (const Json& event : timeline["traceEvents"]) {
    if (event["ph"] != "X" || event["tid"] != 1) continue;
    const OperationResult& operation = result_->operations.at(next++);
    EXPECT_EQ(event["name"],
              operation.layer + " " + std::string(kPassNames[static_cast<std::size_t>(operation.pass)]));
    EXPECT_EQ(event["ts"], at);
    EXPECT_EQ(event["dur"], operation.run.cycles);
    EXPECT_EQ(event["args"]["cycles"], operation.run.cycles);
    EXPECT_TRUE(event["args"].contains("bottleneck"));
    EXPECT_EQ(event["args"].contains("macs"), operation.macs != 0);
    at += operation.run.cycles;
  }
  EXPECT_EQ(next, result_->operations.size());
  EXPECT_EQ(at, result_->run.cycles);
}

TEST_F(Timeline, says_what_its_unit_of_time_is) {
  const Json timeline = at_resolution(8);
  EXPECT_EQ(timeline["otherData"]["time_unit"], "1 cycle, shown as 1 us");
  EXPECT_EQ(timeline["otherData"]["resolution_cycles"], 8);
  EXPECT_EQ(timeline["displayTimeUnit"], "ms");
}

TEST_F(Timeline, keeps_a_log_for_equal_operations_only_once) {
  const auto conv1 = std::find_if(result_->operations.begin(), result_->operations.end(),
                                  [](const auto& operation) { return operation.layer == "block1.conv1"; });
  const auto conv2 = std::find_if(result_->operations.begin(), result_->operations.end(),
                                  [](const auto& operation) { return operation.layer == "block1.conv2"; });
  EXPECT_EQ(conv1->log, conv2->log);
}

TEST_F(Timeline, is_exact_by_default_where_that_is_small_and_coarser_where_it_is_not) {
  EXPECT_EQ(timeline_resolution(*result_), 1U);
  IterationResult longer = *result_;
  for (int i = 0; i < 99; ++i) {
    longer.operations.insert(longer.operations.end(), result_->operations.begin(), result_->operations.end());
    longer.run += result_->run;
  }
  const Cycle resolution = timeline_resolution(longer);
  EXPECT_GT(resolution, 1U);
  const Json events = Json::parse(timeline_json(longer, config_->machine, resolution))["traceEvents"];
  const auto slices =
      static_cast<std::size_t>(std::count_if(events.begin(), events.end(), [](const Json& event) {
        return event["ph"] == "X" && event["tid"] != 1;
      }));
  EXPECT_LE(slices, kMostSlices);
  EXPECT_GT(slices, kMostSlices / 20);
}

}  // namespace
}  // namespace lnsim
