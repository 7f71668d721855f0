#include "sim/run/paper/printed_number.h"

#include <gtest/gtest.h>

namespace lnsim {
namespace {

TEST(PrintedNumber, knows_its_digits) {
  EXPECT_EQ(printed_number("2.50")->decimals, 2);
  EXPECT_DOUBLE_EQ(printed_number("2.50")->value, 2.5);
  EXPECT_EQ(printed_number("2.50")->text(), "2.50");
  EXPECT_EQ(printed_number("60")->decimals, 0);
}

TEST(PrintedNumber, is_digits_with_at_most_one_point_between_them) {
  for (const char* text :
       {"", ".5", "5.", "1.2.3", "-1", "+1", "1e3", "1 000", "0x10", "nan", "1234567890.123456"})
    EXPECT_FALSE(printed_number(text)) << text;
}

TEST(PrintedNumber, may_have_been_half_a_unit_of_its_last_digit_more_or_less) {
  const RealInterval interval = printed_number("7.99")->interval();
  EXPECT_DOUBLE_EQ(interval.low, 7.985);
  EXPECT_DOUBLE_EQ(interval.high, 7.995);
  EXPECT_DOUBLE_EQ(printed_number("60")->interval().low, 59.5);
}

TEST(PrintedNumber, prints_as_what_rounds_to_the_same_digits) {
  const PrintedNumber number = *printed_number("27.85");
  EXPECT_TRUE(number.prints_as(27.8484));
  EXPECT_TRUE(number.prints_as(27.8546));
  EXPECT_FALSE(number.prints_as(27.8556));
  EXPECT_FALSE(number.prints_as(27.8444));
}

TEST(Intersection, is_what_lies_in_both) {
  const RealInterval both = intersection({1.0, 3.0}, {2.0, 5.0});
  EXPECT_DOUBLE_EQ(both.low, 2.0);
  EXPECT_DOUBLE_EQ(both.high, 3.0);
  EXPECT_TRUE(intersection({1.0, 2.0}, {3.0, 4.0}).is_empty());
}

TEST(ShortestNumber, has_the_fewest_decimals_and_is_nearest_to_the_middle) {
  EXPECT_EQ(shortest_in({171.9937, 172.0208})->text(), "172");
  EXPECT_EQ(shortest_in({75.3313, 75.3580})->text(), "75.34");  // 75.35 is farther from 75.34465
  EXPECT_EQ(shortest_in({0.5, 9.5})->text(), "5");
  EXPECT_FALSE(shortest_in({0.12345678901, 0.12345678902}));
}

}  // namespace
}  // namespace lnsim
