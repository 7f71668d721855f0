#include "sim/run/report/sweep_svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <vector>

#include "sim/run/report/quantity_text.h"
#include "tests/unit/run/sweep_document.h"

namespace lnsim {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;

std::vector<double> numbers_in(const std::string& text) {
  static const std::regex kNumber(R"(-?[0-9]+(\.[0-9]+)?)");
  std::vector<double> numbers;
  for (std::sregex_iterator i(text.begin(), text.end(), kNumber), end; i != end; ++i)
    numbers.push_back(std::stod(i->str()));
  return numbers;
}

// The text between two others.
std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const std::size_t begin = text.find(before) + before.size();
  return text.substr(begin, text.find(after, begin) - begin);
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(SweepFront, marks_every_point_and_those_of_the_front) {
  const std::string svg = sweep_front_svg(small_sweep());
  EXPECT_EQ(count_of(svg, "<path class='front'"), 3U + 1U);    // and the legend's
  EXPECT_EQ(count_of(svg, "<circle class='point'"), 1U + 1U);  // and the legend's
  EXPECT_THAT(svg, HasSubstr("<title>point 3, pe.lanes: 16, formats.weight.bits: 8</title>"));
}

TEST(SweepFront, tells_estimates_from_simulated_points) {
  Json sweep = small_sweep();
  sweep["points"][3]["estimated"] = true;
  const std::string svg = sweep_front_svg(sweep);
  EXPECT_EQ(count_of(svg, "<circle class='point'"), 0U + 1U);
  EXPECT_EQ(count_of(svg, "<circle class='estimate'"), 1U + 1U);
  EXPECT_EQ(count_of(sweep_front_svg(small_sweep()), "'estimate'"), 0U);
}

// Energies lie evenly, 1 to 4 uJ, and so do the marks; the line goes across, then up or down to each of them.
TEST(SweepFront, is_a_line_of_stairs) {
  const std::vector<double> stairs =
      numbers_in(between(sweep_front_svg(small_sweep()), "<path class='bound' d='", "'"));
  ASSERT_EQ(stairs.size(), 6U);  // x0 y0, x1 y1, x2 y2
  EXPECT_NEAR(stairs[2] - stairs[0], stairs[4] - stairs[2], 0.11);
  EXPECT_GT(stairs[2], stairs[0]);
  EXPECT_NEAR(2.0 * (stairs[3] - stairs[1]), stairs[5] - stairs[3], 0.21);  // 100 cycles, then 200
  EXPECT_GT(stairs[3], stairs[1]);                                          // fewer cycles lie lower
}

TEST(SweepFront, turns_with_the_goals) {
  Json sweep = small_sweep();
  for (Json& objective : sweep["objectives"]) objective["goal"] = "max";
  // Of (1, 400), (2, 300), (3, 100), (4, 200) the largest: (4, 200), (2, 300), (1, 400).
  const std::vector<double> stairs =
      numbers_in(between(sweep_front_svg(sweep), "<path class='bound' d='", "'"));
  ASSERT_EQ(stairs.size(), 6U);
  EXPECT_NEAR(stairs[0] - stairs[2], 2.0 * (stairs[2] - stairs[4]), 0.21);
  EXPECT_NEAR(stairs[1] - stairs[3], stairs[3] - stairs[5], 0.11);
}

TEST(SweepFront, leaves_out_points_without_a_result) {
  Json sweep = small_sweep();
  sweep["points"][3]["objectives"] = nullptr;
  sweep["points"][2]["objectives"]["cycles"] = nullptr;
  const std::string svg = sweep_front_svg(sweep);
  EXPECT_EQ(count_of(svg, "<path class='front'"), 2U + 1U);
  EXPECT_EQ(count_of(svg, "<circle class='point'"), 0U + 1U);
}

TEST(SweepFront, marks_the_reference) {
  Json sweep = small_sweep();
  EXPECT_EQ(count_of(sweep_front_svg(sweep), "<path class='reference'"), 0U);
  // At (2, 100): across as point 1, up as point 2, whose mark begins at the tip above it.
  sweep["reference"] = {{"metrics", {{"energy_pj", 2e6}, {"cycles", 100}}}};
  const std::string svg = sweep_front_svg(sweep);
  EXPECT_EQ(count_of(svg, "<path class='reference'"), 1U + 1U);  // and the legend's
  const std::vector<double> stairs = numbers_in(between(svg, "<path class='bound' d='", "'"));
  const std::vector<double> cross = numbers_in(between(
      svg.substr(svg.find("class='point'", svg.find("class='bound'"))), "<path class='reference' d='", "'"));
  EXPECT_NEAR(cross.at(0) + 7.0, stairs.at(2), 0.11);
  EXPECT_NEAR(cross.at(1), stairs.at(5), 0.11);
}

TEST(SweepHeatMap, shows_the_best_of_the_points_of_each_cell) {
  Json sweep = small_sweep();
  sweep["points"].push_back(sweep_point(4, 16, 8, 3.5e6, 500, false));
  const std::string svg = sweep_heat_map_svg(sweep).value();
  for (const char* text : {">1.00 uJ<", ">2.00 uJ<", ">3.00 uJ<", ">3.50 uJ<"})
    EXPECT_THAT(svg, HasSubstr(text));
  EXPECT_EQ(svg.find(">4.00 uJ<"), std::string::npos);
  sweep["objectives"][0]["goal"] = "max";
  EXPECT_THAT(sweep_heat_map_svg(sweep).value(), HasSubstr(">4.00 uJ<"));
}

TEST(SweepHeatMap, is_palest_at_the_least_and_strongest_at_the_largest_value) {
  const std::string svg = sweep_heat_map_svg(small_sweep()).value();
  EXPECT_EQ(count_of(svg, "fill='#e6f2fa'"), 1U);
  EXPECT_EQ(count_of(svg, "fill='#085182'"), 1U);
}

TEST(SweepHeatMap, is_of_two_axes_of_two_to_forty_values) {
  Json sweep = small_sweep();
  for (int value = 2; value < 40; ++value) sweep["axes"][1]["values"].push_back(100 + value);
  EXPECT_TRUE(sweep_heat_map_svg(sweep).has_value());
  sweep["axes"][1]["values"].push_back(100);
  EXPECT_FALSE(sweep_heat_map_svg(sweep).has_value());
  sweep["axes"].push_back({{"path", "formats.weight.bits"}, {"values", {4, 8}}});
  EXPECT_THAT(sweep_heat_map_svg(sweep).value(),
              HasSubstr("pe.lanes (down) and formats.weight.bits (across)"));
}

TEST(QuantityText, takes_prefixes_where_the_unit_does) {
  EXPECT_EQ(quantity_text(1.5e9, "pJ"), "1.50 mJ");
  EXPECT_EQ(quantity_text(440.0, "fJ/MAC"), "440 fJ/MAC");
  EXPECT_EQ(quantity_text(21415.0, ""), "21.4 k");
  EXPECT_EQ(quantity_text(7.0, ""), "7.00");
  EXPECT_EQ(quantity_text(-2e-3, "s"), "-2.00 ms");
  EXPECT_EQ(quantity_text(0.25, ""), "0.25");
  EXPECT_EQ(quantity_text(0.0, "pJ"), "0");
  EXPECT_EQ(quantity_text(62.5, "dB"), "62.5 dB");
}

TEST(QuantityName, leaves_the_unit_at_its_end_out) {
  EXPECT_EQ(quantity_name("system_energy_pj", "pJ"), "system energy");
  EXPECT_EQ(quantity_name("energy_fj_per_mac", "fJ/MAC"), "energy");
  EXPECT_EQ(quantity_name("cycles", ""), "cycles");
  EXPECT_EQ(quantity_name("pj", "pJ"), "pj");
}

}  // namespace
}  // namespace lnsim
