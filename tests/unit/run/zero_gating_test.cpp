#include "sim/run/energy/zero_gating.h"

#include <gtest/gtest.h>

#include "sim/base/errors.h"

namespace lnsim {
namespace {

// 100 useful slots at 2 pJ, 30 idle ones at 0.25 pJ, and 7 bytes at 3 pJ that gating does not touch.
EventCounts events() {
  EventCounts counts;
  counts[Event::datapath_mac] = 100;
  counts[Event::datapath_idle_mac] = 30;
  counts[Event::dram_read_byte] = 7;
  return counts;
}
EnergyCosts costs() {
  EnergyCosts table;
  const auto set = [&](Event event, double pj) { table.of[static_cast<std::size_t>(event)].pj = pj; };
  set(Event::datapath_mac, 2.0);
  set(Event::datapath_idle_mac, 0.25);
  set(Event::dram_read_byte, 3.0);
  return table;
}

TEST(ZeroGating, takes_the_difference_to_an_idle_slot_for_every_zero_product) {
  const ZeroGatingResult result = zero_gating_of(events(), 100, 40, costs());
  EXPECT_EQ(to_pj(result.quanta_without), 100 * 2.0 + 30 * 0.25 + 7 * 3.0);
  EXPECT_EQ(to_pj(result.quanta_without - result.quanta_with), 40 * (2.0 - 0.25));
}

TEST(ZeroGating, loses_no_slot) {
  const ZeroGatingResult result = zero_gating_of(events(), 100, 40, costs());
  EXPECT_EQ(result.live, 60U);
  EXPECT_EQ(result.gated, 40U);
  EXPECT_EQ(result.padding, 30U);
  EXPECT_EQ(result.slots(), 130U);
  EXPECT_EQ(result.share(), 40.0 / 130.0);
  const EventCounts moved = with_gated_slots(events(), 40);
  EXPECT_EQ(moved[Event::datapath_mac] + moved[Event::datapath_idle_mac], 130U);
  EXPECT_EQ(moved[Event::dram_read_byte], 7U);
}

TEST(ZeroGating, saves_nothing_without_zeros) {
  const ZeroGatingResult result = zero_gating_of(events(), 100, 0, costs());
  EXPECT_EQ(result.quanta_with, result.quanta_without);
  EXPECT_EQ(ZeroGatingResult{}.share(), 0.0);
}

TEST(ZeroGating, of_other_slots_than_products_is_a_mistake_of_ours) {
  EXPECT_THROW(zero_gating_of(events(), 99, 40, costs()), ModelError);
  EXPECT_THROW(with_gated_slots(events(), 101), ModelError);
}

}  // namespace
}  // namespace lnsim
