#include "sim/run/report/svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lnsim::svg {
namespace {

using testing::ElementsAre;

TEST(Svg, text_is_made_safe) {
  EXPECT_EQ(escaped("a<b>&c"), "a&lt;b>&amp;c");
  EXPECT_EQ(text_at(1.0, 2.25, "end", "<x>"), "<text x='1.0' y='2.2' text-anchor='end'>&lt;x></text>\n");
}

TEST(Svg, logarithmic_axis_has_a_margin_of_1_6_at_both_ends) {
  const LogAxis axis(1.6, 160.0 / 1.6, 0.0, 220.412);
  EXPECT_DOUBLE_EQ(axis.least(), 1.0);
  EXPECT_DOUBLE_EQ(axis.at(1.0), 0.0);
  EXPECT_NEAR(axis.at(160.0), 220.412, 1e-9);
  EXPECT_NEAR(axis.at(10.0), 100.0, 1e-4);  // log10(160) = 2.20412
  EXPECT_THAT(axis.decades(), ElementsAre(1.0, 10.0, 100.0));
  EXPECT_THAT(axis.ticks(), ElementsAre(1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0));
}

TEST(Svg, linear_axis_has_round_steps_from_zero) {
  EXPECT_THAT(linear_ticks(6.2), ElementsAre(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0));
  EXPECT_THAT(linear_ticks(10.0), ElementsAre(0.0, 2.0, 4.0, 6.0, 8.0, 10.0));
  EXPECT_THAT(linear_ticks(45.0), ElementsAre(0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0));
  for (double most = 1e-3; most < 1e6; most *= 1.07) {
    EXPECT_GE(linear_ticks(most).size(), 4U) << most;
    EXPECT_LE(linear_ticks(most).size(), 10U) << most;
  }
}

TEST(Svg, picture_carries_the_colours_of_both_themes) {
  const std::string frame = opened(100.0, 50.0, 8.0, "A & B", part_styles());
  EXPECT_EQ(
      frame.rfind("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 50' width='100' height='50'>", 0),
      0U);
  EXPECT_NE(frame.find("prefers-color-scheme: dark"), std::string::npos);
  EXPECT_NE(frame.find("<text class='title' x='8' y='32'>A &amp; B</text>"), std::string::npos);
  EXPECT_EQ(part_class(3), part_class(3 + kPartColours));
  EXPECT_NE(frame.find("." + part_class(kPartColours - 1) + " { fill: "), std::string::npos);
}

}  // namespace
}  // namespace lnsim::svg
