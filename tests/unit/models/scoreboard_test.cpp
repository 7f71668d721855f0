// Progress counters and the cycles charged to causes.
#include "models/control/scoreboard.h"

#include <gtest/gtest.h>

#include "models/control/activity.h"
#include "sim/base/simulation.h"

namespace lnsim {
namespace {

class Listener final : public Unit {
 public:
  explicit Listener(Simulation& simulation) : Unit("listener", simulation) {}
  void reset() override {}
  std::string state() const override { return {}; }
  std::vector<Cycle> steps;

 protected:
  void step(Cycle now) override { steps.push_back(now); }
};

class ScoreboardTest : public ::testing::Test {
 protected:
  ScoreboardTest() {
    program.add(Fetch{}, {});
    program.add(Fetch{}, {});
    program.add(Compute{}, {});
    program.add(VectorWork{}, {});
    program.add(WriteBack{}, {});
    program.add(Load{}, {});
    program.add(Update{}, {});
    board.begin(program, 2);
  }
  bool fetched(std::uint32_t value, Cycle now) {
    Dependencies after;
    after.require(Counter::fetched, value);
    return board.ready(after, waiter, now);
  }

  Simulation simulation;
  Simulation::Scope scope{simulation};
  Listener unit{simulation};
  Activity activity;
  BusyReport report{activity, "listener"};
  Waiter waiter{unit, report};
  Program program;
  Scoreboard board;
};

TEST_F(ScoreboardTest, an_advance_is_seen_in_the_next_cycle_and_not_in_its_own) {
  EXPECT_TRUE(fetched(0, 5));
  EXPECT_FALSE(fetched(1, 5));
  board.advance(Counter::fetched, 5);
  EXPECT_FALSE(fetched(1, 5));
  EXPECT_TRUE(fetched(1, 6));
}

TEST_F(ScoreboardTest, two_advances_in_a_cycle_are_seen_together) {
  board.advance(Counter::fetched, 5);
  board.advance(Counter::fetched, 5);
  EXPECT_FALSE(fetched(1, 5));
  EXPECT_TRUE(fetched(2, 6));
}

TEST_F(ScoreboardTest, whoever_waits_gets_an_edge_whether_it_asked_before_or_after_the_advance) {
  EXPECT_FALSE(fetched(1, 5));
  board.advance(Counter::fetched, 5);
  simulation.run(100);
  EXPECT_EQ(unit.steps, (std::vector<Cycle>{6}));
  board.advance(Counter::fetched, 8);
  EXPECT_FALSE(fetched(2, 8));
  simulation.run(100);
  EXPECT_EQ(unit.steps, (std::vector<Cycle>{6, 9}));
}

TEST_F(ScoreboardTest, pe_counters_advance_when_the_last_pe_is_done_and_in_order) {
  board.pe_done(Counter::consumed, 1, 3);
  board.pe_done(Counter::consumed, 1, 4);
  EXPECT_EQ(board.value(Counter::consumed), 0U);
  board.pe_done(Counter::consumed, 0, 5);
  EXPECT_EQ(board.value(Counter::consumed), 0U);
  board.pe_done(Counter::consumed, 0, 6);
  EXPECT_EQ(board.value(Counter::consumed), 2U);
  EXPECT_EQ(board.last_advance(), 6U);
}

TEST_F(ScoreboardTest, is_finished_when_every_counter_has_reached_its_end) {
  EXPECT_EQ(board.state(),
            "fetched 0/2, written_back 0/1, loaded 0/1, consumed 0/2, produced 0/2, updated 0/1");
  for (const Counter counter : {Counter::fetched, Counter::fetched, Counter::written_back, Counter::loaded,
                                Counter::consumed, Counter::consumed, Counter::produced, Counter::produced}) {
    board.advance(counter, 1);
    EXPECT_FALSE(board.finished());
  }
  board.advance(Counter::updated, 1);
  EXPECT_TRUE(board.finished());
}

TEST(Program, returns_the_counter_value_of_each_command) {
  Program program;
  EXPECT_EQ(program.add(Fetch{}, {}), 1U);
  EXPECT_EQ(program.add(Compute{}, {}), 1U);
  EXPECT_EQ(program.add(VectorWork{}, {}), 2U);
  EXPECT_EQ(program.add(Compute{}, {}), 3U);
  EXPECT_EQ(program.add(Fetch{}, {}), 2U);
  EXPECT_EQ(program.add(Load{}, {}), 1U);
  EXPECT_EQ(program.add(WriteBack{}, {}), 1U);
  EXPECT_EQ(program.add(Update{}, {}), 1U);
  EXPECT_EQ(program.commands[3].operation, Operation::compute);
  EXPECT_EQ(program.commands[3].index, 1U);
}

TEST(Dependencies, keep_the_largest_value_required) {
  Dependencies after;
  after.require(Counter::loaded, 3);
  after.require(Counter::loaded, 2);
  EXPECT_EQ(after[Counter::loaded], 3U);
  EXPECT_EQ(after[Counter::fetched], 0U);
}

std::uint64_t charged(const std::array<std::uint64_t, kCauseCount>& cycles, Cause cause) {
  return cycles[static_cast<std::size_t>(cause)];
}

TEST(Activity, charges_a_cycle_to_the_first_cause_that_is_busy) {
  Activity activity;
  activity.begin(10);
  activity.change(Cause::dram, 1, 12);
  activity.change(Cause::compute, 1, 15);
  activity.change(Cause::compute, -1, 19);
  activity.change(Cause::dram, -1, 20);
  const auto cycles = activity.finish(26);
  EXPECT_EQ(charged(cycles, Cause::control), 2U + 6);
  EXPECT_EQ(charged(cycles, Cause::dram), 3U + 1);
  EXPECT_EQ(charged(cycles, Cause::compute), 4U);
}

TEST(Activity, does_not_depend_on_the_order_of_reports_within_a_cycle) {
  for (const bool up_first : {true, false}) {
    Activity activity;
    activity.begin(0);
    activity.change(Cause::output, 1, 1);
    if (up_first) activity.change(Cause::compute, 1, 5);
    activity.change(Cause::output, -1, 5);
    if (!up_first) activity.change(Cause::compute, 1, 5);
    const auto cycles = activity.finish(8);
    EXPECT_EQ(charged(cycles, Cause::control), 1U);
    EXPECT_EQ(charged(cycles, Cause::output), 4U);
    EXPECT_EQ(charged(cycles, Cause::compute), 3U);
  }
}

TEST(BusyReport, is_busy_with_one_cause_at_a_time) {
  Activity activity;
  activity.begin(0);
  BusyReport report(activity, "unit");
  EXPECT_FALSE(report.busy());
  report.set(Cause::dram, 0);
  report.set(Cause::dram, 1);
  report.set(Cause::compute, 2);
  EXPECT_TRUE(report.busy());
  report.set_if(false, Cause::dram, 5);
  report.clear(6);
  const auto cycles = activity.finish(9);
  EXPECT_EQ(charged(cycles, Cause::dram), 2U);
  EXPECT_EQ(charged(cycles, Cause::compute), 3U);
  EXPECT_EQ(charged(cycles, Cause::control), 4U);
}

}  // namespace
}  // namespace lnsim
