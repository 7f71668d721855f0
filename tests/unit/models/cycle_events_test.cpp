#include "models/cycle_events.h"

#include <gtest/gtest.h>

namespace lnsim {
namespace {

PeParameters pes() {
  PeParameters pe;
  pe.count = 3;
  pe.lanes = 4;
  pe.vector_size = 8;
  return pe;
}

TEST(CycleEvents, pass_with_time_even_when_nothing_is_done) {
  EventCounts events;
  count_cycle_events(events, 100, pes());
  EXPECT_EQ(events[Event::global_buffer_leakage_cycle], 100U);
  EXPECT_EQ(events[Event::system_leakage_cycle], 100U);
  EXPECT_EQ(events[Event::system_clock_cycle], 100U);
  for (const Event event : {Event::buffer_a_leakage_cycle, Event::buffer_b_leakage_cycle,
                            Event::pe_leakage_cycle, Event::pe_clock_cycle})
    EXPECT_EQ(events[event], 100U * 3);
  EXPECT_EQ(events[Event::datapath_leakage_cycle], 100U * 3 * 4);
  EXPECT_EQ(events[Event::datapath_idle_cycle], 100U * 3 * 4);
}

TEST(CycleEvents, count_a_lane_as_idle_only_without_a_beat) {
  EventCounts events;
  events[Event::datapath_mac] = 50;  // 14 beats of a lane, with padding
  events[Event::datapath_idle_mac] = 14 * 8 - 50;
  count_cycle_events(events, 100, pes());
  EXPECT_EQ(events[Event::datapath_idle_cycle], 100U * 3 * 4 - 14);
  EXPECT_EQ(events[Event::datapath_leakage_cycle], 100U * 3 * 4);
}

TEST(CycleEvents, are_written_not_added) {
  EventCounts once;
  count_cycle_events(once, 100, pes());
  EventCounts twice = once;
  count_cycle_events(twice, 100, pes());
  EXPECT_EQ(once, twice);
}

}  // namespace
}  // namespace lnsim
