#include "sim/run/report/energy_svg.h"

#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <vector>

#include "sim/run/report/stacked_bars.h"

namespace lnsim {
namespace {

Energy energy(std::int64_t dram, std::int64_t mac, std::int64_t idle = 0) {
  Energy e;
  e.quanta[static_cast<std::size_t>(Event::dram_read_byte)] = dram;
  e.quanta[static_cast<std::size_t>(Event::datapath_mac)] = mac;
  e.quanta[static_cast<std::size_t>(Event::datapath_idle_mac)] = idle;
  return e;
}

IterationResult result_of(const std::vector<EnergyBar>& layers) {
  IterationResult result;
  for (const EnergyBar& layer : layers) {
    OperationResult operation;
    operation.layer = layer.label;
    operation.energy = layer.energy;
    result.operations.push_back(operation);
    result.energy += layer.energy;
  }
  return result;
}

AcceleratorParameters machine() {
  AcceleratorParameters m;
  m.name = "a<b";
  return m;
}

// The numbers that the pattern's first group matches, in order.
std::vector<double> numbers(const std::string& text, const std::string& pattern) {
  std::vector<double> found;
  const std::regex regex(pattern);
  for (auto it = std::sregex_iterator(text.begin(), text.end(), regex); it != std::sregex_iterator(); ++it)
    found.push_back(std::stod((*it)[1]));
  return found;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

const std::string kParts =
    "<rect class='part c[0-9]+' x='[0-9.]+' y='[0-9.]+' width='([0-9.]+)' height='14'>";

TEST(EnergyBars, widths_are_in_proportion_to_the_energy) {
  const std::string svg =
      stacked_bars_svg("title", {{"long", energy(300, 100)}, {"short", energy(0, 200)}}, "");
  const std::vector<double> widths = numbers(svg, kParts);
  ASSERT_EQ(widths.size(), 3U);
  EXPECT_NEAR(widths[0], 3.0 * widths[1], 0.05);
  EXPECT_NEAR(widths[2], 2.0 * widths[1], 0.05);
}

TEST(EnergyBars, part_tells_its_figures) {
  // 3072 quanta of 2^-10 pJ are 3 pJ, 75 % of 4 pJ.
  const std::string svg = stacked_bars_svg("title", {{"one", energy(3072, 1024)}}, "");
  EXPECT_EQ(count_of(svg, "<title>one, dram: 3.00 pJ, 75.0 %</title>"), 1U);
}

TEST(EnergyBars, only_components_with_energy_are_in_the_legend) {
  const std::string svg = stacked_bars_svg("title", {{"one", energy(1, 1)}}, "");
  EXPECT_EQ(count_of(svg, ">dram</text>"), 1U);
  EXPECT_EQ(count_of(svg, ">datapath</text>"), 1U);
  EXPECT_EQ(count_of(svg, ">ppu</text>"), 0U);
}

TEST(EnergyBars, component_keeps_its_colour_whatever_else_is_drawn) {
  const std::vector<EnergyComponent> both = components_of({{"", energy(1, 1)}});
  const std::vector<EnergyComponent> one = components_of({{"", energy(0, 1)}});
  ASSERT_EQ(both.size(), 2U);
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].name, "datapath");
  EXPECT_EQ(one[0].number, both[1].number);
}

TEST(EnergyBars, of_no_energy_are_empty) {
  const std::string svg = stacked_bars_svg("title", {{"nothing", Energy{}}}, "");
  EXPECT_TRUE(numbers(svg, kParts).empty());
  EXPECT_EQ(count_of(svg, "nan"), 0U);
  EXPECT_EQ(count_of(svg, "inf"), 0U);
}

TEST(EnergyBars, long_label_leaves_room_for_the_bars) {
  const std::string svg = stacked_bars_svg("title", {{std::string(500, 'x'), energy(1, 1)}}, "");
  EXPECT_EQ(count_of(svg, ">" + std::string(45, 'x') + "...</text>"), 1U);
}

TEST(EnergyByLayer, adds_the_passes_of_a_layer) {
  const std::string svg =
      energy_by_layer_svg(result_of({{"fc", energy(1024, 0)}, {"fc", energy(2048, 0)}}), machine());
  EXPECT_EQ(count_of(svg, "<title>fc, dram: 3.00 pJ, 100.0 %</title>"), 1U);
}

TEST(EnergyByLayer, draws_equal_layers_as_one_bar_of_their_sum) {
  const std::string svg = energy_by_layer_svg(
      result_of({{"<a>", energy(1024, 0)}, {"b", energy(1024, 0)}, {"c", energy(7, 0)}}), machine());
  EXPECT_EQ(count_of(svg, ">&lt;a> +1</text>"), 1U);
  EXPECT_EQ(count_of(svg, "<title>&lt;a> +1, dram: 2.00 pJ, 100.0 %</title>"), 1U);
  EXPECT_EQ(count_of(svg, ">b</text>"), 0U);
  EXPECT_EQ(count_of(svg, "Energy of the layers on a&lt;b, by component"), 1U);
}

TEST(EnergyByLayer, draws_the_forty_largest_and_says_what_is_left) {
  std::vector<EnergyBar> layers;
  for (int i = 1; i <= 43; ++i) layers.push_back({"layer" + std::to_string(i), energy(1024 * i, 0)});
  const std::string svg = energy_by_layer_svg(result_of(layers), machine());
  EXPECT_EQ(numbers(svg, kParts).size(), 40U);
  EXPECT_EQ(count_of(svg, "<title>layer3,"), 0U);
  // 1 + 2 + 3 pJ of 43 x 44 / 2 pJ
  EXPECT_EQ(count_of(svg, "One iteration: 946 pJ. Not drawn: 3 layers with 6.00 pJ together."), 1U);
}

TEST(EnergyFlow, heights_of_every_column_are_the_whole) {
  const std::string svg = energy_flow_svg(result_of({{"fc", energy(5000, 2500, 2500)}}), machine());
  const auto column = [&](const std::string& x) {
    double sum = 0.0;
    for (const double height :
         numbers(svg, "<rect class='[a-z0-9]+' x='" + x + "' y='[0-9.]+' width='12' height='([0-9.]+)'/>"))
      sum += height;
    return sum;
  };
  for (const std::string x : {"24", "190", "430", "670"}) EXPECT_NEAR(column(x), 420.0, 0.05) << x;
  EXPECT_EQ(count_of(svg, "class='flow "), 2U + 2U + 3U);
  EXPECT_EQ(count_of(svg, ">around the PEs 4.88 pJ, 50.0 %</text>"), 1U);
  EXPECT_EQ(count_of(svg, ">datapath.idle_mac 2.44 pJ, 25.0 %</text>"), 1U);
}

TEST(EnergyFlow, labels_of_small_parts_stand_apart) {
  Energy all;
  all.quanta.fill(1);
  all.quanta[static_cast<std::size_t>(Event::dram_read_byte)] = 1000000;
  const std::string svg = energy_flow_svg(result_of({{"fc", all}}), machine());
  const std::vector<double> lines = numbers(svg, "<text x='687.0' y='([0-9.]+)'");
  ASSERT_EQ(lines.size(), kEventCount);
  for (std::size_t i = 1; i < lines.size(); ++i) EXPECT_GE(lines[i] - lines[i - 1], 13.0) << i;
}

TEST(EnergyFlow, of_no_energy_is_empty) {
  const std::string svg = energy_flow_svg(result_of({}), machine());
  EXPECT_EQ(count_of(svg, "class='flow "), 0U);
  EXPECT_EQ(count_of(svg, "nan"), 0U);
}

}  // namespace
}  // namespace lnsim
