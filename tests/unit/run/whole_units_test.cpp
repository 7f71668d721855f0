#include "sim/run/compile/whole_units.h"

#include <gtest/gtest.h>

namespace lnsim {
namespace {

TEST(WholeUnits, count_a_begun_unit_as_one) {
  EXPECT_EQ(ceil_div(std::int64_t{0}, std::int64_t{8}), 0);
  EXPECT_EQ(ceil_div(std::int64_t{1}, std::int64_t{8}), 1);
  EXPECT_EQ(ceil_div(std::int64_t{8}, std::int64_t{8}), 1);
  EXPECT_EQ(ceil_div(std::int64_t{9}, std::int64_t{8}), 2);
}

TEST(WholeUnits, rounded_up_are_the_least_multiple_not_below) {
  EXPECT_EQ(round_up(0, 64), 0U);
  EXPECT_EQ(round_up(1, 64), 64U);
  EXPECT_EQ(round_up(64, 64), 64U);
  EXPECT_EQ(round_up(65, 64), 128U);
}

}  // namespace
}  // namespace lnsim
