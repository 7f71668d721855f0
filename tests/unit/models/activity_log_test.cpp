#include "models/control/activity_log.h"

#include <gtest/gtest.h>

#include "models/control/activity.h"

namespace lnsim {
namespace {

using Pieces = std::vector<ActivityLog::Piece>;

constexpr UnitDoing doing(Cause cause) {
  return static_cast<UnitDoing>(cause);
}
constexpr UnitDoing waiting(Counter counter) {
  return static_cast<UnitDoing>(kCauseCount + static_cast<std::size_t>(counter));
}

// A log of one unit from cycle 100 on.
class ActivityLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    activity.begin(100);
    activity.write_to(&writer);
  }
  Pieces finish(std::uint64_t cycles) { return writer.finish(cycles).units.at(0); }

  Activity activity;
  BusyReport report{activity, "unit"};
  ActivityLogWriter writer{1, 100};
};

TEST_F(ActivityLogTest, holds_what_the_unit_reports_from_start_to_end) {
  report.set(Cause::compute, 103);
  report.set(Cause::output, 105);
  report.clear(106);
  report.set(Cause::compute, 108);
  EXPECT_EQ(
      finish(10),
      (Pieces{{3, 5, doing(Cause::compute)}, {5, 6, doing(Cause::output)}, {8, 10, doing(Cause::compute)}}));
}

TEST_F(ActivityLogTest, takes_the_last_word_within_a_cycle) {
  report.set(Cause::compute, 103);
  report.set(Cause::output, 105);
  report.set(Cause::compute, 105);
  report.clear(107);
  report.set(Cause::compute, 107);
  EXPECT_EQ(finish(9), (Pieces{{3, 9, doing(Cause::compute)}}));
}

TEST_F(ActivityLogTest, shows_a_wait_only_while_the_unit_is_not_busy) {
  report.waits_for(Counter::loaded, 101);
  report.set(Cause::compute, 103);
  report.clear(105);
  report.waits_for(Counter::count, 107);
  EXPECT_EQ(finish(9), (Pieces{{1, 3, waiting(Counter::loaded)},
                               {3, 5, doing(Cause::compute)},
                               {5, 7, waiting(Counter::loaded)}}));
}

TEST_F(ActivityLogTest, writes_nothing_for_an_idle_unit_and_nothing_without_a_writer) {
  activity.write_to(nullptr);
  report.set(Cause::compute, 103);
  report.waits_for(Counter::loaded, 104);
  EXPECT_EQ(finish(9), Pieces{});
}

TEST_F(ActivityLogTest, sums_traffic_over_windows) {
  EventCounts counts;
  counts[Event::dram_read_byte] = 64;
  writer.traffic(counts, 100);
  counts[Event::dram_read_byte] = 128;
  counts[Event::return_bus_byte] = 5;
  writer.traffic(counts, 100 + kTrafficWindow - 1);
  counts[Event::operand_bus_byte] = 7;
  writer.traffic(counts, 100 + 2 * kTrafficWindow);
  const ActivityLog log = writer.finish(100);
  ASSERT_EQ(log.traffic.size(), 3U);
  EXPECT_EQ(log.traffic[0], (std::array<std::uint64_t, 4>{128, 0, 0, 5}));
  EXPECT_EQ(log.traffic[1], (std::array<std::uint64_t, 4>{}));
  EXPECT_EQ(log.traffic[2], (std::array<std::uint64_t, 4>{0, 0, 7, 0}));
}

TEST(UnitDoing, has_the_name_of_its_cause_or_counter) {
  EXPECT_EQ(unit_doing_name(doing(Cause::operand_read)), "operand_read");
  EXPECT_EQ(unit_doing_name(waiting(Counter::written_back)), "wait written_back");
}

}  // namespace
}  // namespace lnsim
