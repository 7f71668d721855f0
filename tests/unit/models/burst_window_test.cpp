#include "models/estimate/burst_window.h"

#include <gtest/gtest.h>

namespace lnsim {
namespace {

TEST(BurstWindow, does_not_hold_up_what_fits_it) {
  BurstWindow window(8, 100);
  EXPECT_EQ(window.last_of(8, 10, 18), 18U);
}

TEST(BurstWindow, lets_a_window_of_bursts_through_per_round_trip) {
  BurstWindow window(8, 100);
  // One burst a cycle: the last of three windows is asked for two round trips after the eighth.
  EXPECT_EQ(window.last_of(24, 10, 34), 18U + 200U);
  // The next burst waits for the one eight before it.
  EXPECT_EQ(window.last_of(1, 218, 219), 10U + (218U - 10U) * 17 / 24 + 100U);
}

TEST(BurstWindow, is_open_again_after_a_round_trip_without_bursts) {
  BurstWindow window(4, 50);
  EXPECT_EQ(window.last_of(4, 0, 4), 4U);
  EXPECT_EQ(window.last_of(4, 60, 64), 64U);
}

}  // namespace
}  // namespace lnsim
