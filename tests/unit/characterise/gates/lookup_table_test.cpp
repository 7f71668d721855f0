#include "tools/characterise/gates/lookup_table.h"

#include <gtest/gtest.h>

namespace lnsim::gates {
namespace {

// 3 + 2 slew + 5 load + 0.5 slew load at its points: bilinear, so that interpolation gives it everywhere.
double bilinear(double slew, double load) {
  return 3 + 2 * slew + 5 * load + 0.5 * slew * load;
}

TEST(LookupTable, is_bilinear_between_its_points_and_beyond) {
  LookupTable table{{1, 4, 10}, {2, 3, 7, 20}, {}};
  for (const double slew : table.slews_ps) {
    for (const double load : table.loads_ff) table.values.push_back(bilinear(slew, load));
  }
  for (const double slew : {0.0, 1.0, 2.5, 4.0, 9.9, 10.0, 30.0}) {
    for (const double load : {-1.0, 2.0, 2.2, 3.0, 5.0, 20.0, 50.0})
      EXPECT_NEAR(table.at(slew, load), bilinear(slew, load), 1e-9) << slew << ' ' << load;
  }
}

TEST(LookupTable, goes_on_along_the_outermost_piece_not_the_whole) {
  const LookupTable table{{0, 1, 2}, {}, {0, 1, 5}};
  EXPECT_DOUBLE_EQ(table.at(0.5, 99), 0.5);
  EXPECT_DOUBLE_EQ(table.at(1.5, 99), 3);
  EXPECT_DOUBLE_EQ(table.at(3, 99), 9);
  EXPECT_DOUBLE_EQ(table.at(-1, 99), -1);
}

TEST(LookupTable, may_depend_on_the_load_only_or_on_nothing) {
  EXPECT_DOUBLE_EQ((LookupTable{{}, {1, 3}, {10, 20}}).at(99, 2), 15);
  EXPECT_DOUBLE_EQ((LookupTable{{}, {}, {7}}).at(99, 2), 7);
  EXPECT_DOUBLE_EQ(LookupTable{}.at(1, 1), 0);
}

}  // namespace
}  // namespace lnsim::gates
