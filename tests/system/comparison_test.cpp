// Whole comparisons: ratios by closed formula, and views that hold what they say.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "sim/run/compare/comparison_report.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using arith::DatapathKind;

const fs::path kConfig = fs::path(LNSIM_SOURCE_DIR) / "configs/accelerators/lns-madam.yaml";
const fs::path kTrace = fs::path(LNSIM_SOURCE_DIR) / "traces/digits-cnn.jsonl";

Comparison compared(const ComparisonOptions& options) {
  return compare_datapaths(read_trace(kTrace), read_run_config(kConfig), kConfig, options,
                           [](std::size_t, std::size_t, const std::string&) {});
}

// Lanes of so many um2 per multiplier.
Characterisation areas(double lns, double fp32) {
  return {"areas",
          "none",
          {{DatapathKind::lns, 8, {}, "invented", {{"all", 1.0, lns}}},
           {DatapathKind::fp32, {}, {}, "invented", {{"all", 1.0, fp32}}}}};
}

TEST(Comparison, gives_the_machine_of_the_config_what_a_run_of_it_gives) {
  const RunConfig config = read_run_config(kConfig);
  const EnergyCosts costs = read_energy_table(kConfig.parent_path() / config.energy_table, config.machine);
  const IterationResult run =
      run_iteration(read_trace(kTrace), config, costs, {.values = Values::shapes_only},
                    [](std::size_t, std::size_t, const std::string&) {});
  const Comparison comparison = compared({.datapaths = {DatapathKind::lns}});
  ASSERT_EQ(comparison.equal_lanes.size(), 1U);
  EXPECT_EQ(comparison.equal_lanes[0].result.run, run.run);
  EXPECT_EQ(comparison.equal_lanes[0].result.energy.quanta, run.energy.quanta);
}

// Equal products: the energies of the datapaths are in the proportion of the table's costs, 4.6 and 0.44 pJ.
TEST(Comparison, of_datapath_energies_is_the_ratio_of_their_costs) {
  const Comparison comparison = compared({.datapaths = {DatapathKind::lns, DatapathKind::fp32}});
  const ComparedFigure& energy = compared_figures()[1];
  ASSERT_EQ(energy.column, "datapath_energy_pj");
  EXPECT_NEAR(energy.of(comparison.equal_lanes[1]) / energy.of(comparison.equal_lanes[0]), 4.6 / 0.44, 1e-4);
  EXPECT_EQ(comparison.equal_lanes[0].result.run.events[Event::datapath_mac],
            comparison.equal_lanes[1].result.run.events[Event::datapath_mac]);
}

// Formats of equal widths, stored weights included, move equal bytes in equal cycles.
TEST(Comparison, of_formats_of_equal_width_differs_in_energy_alone) {
  const Comparison comparison = compared({.datapaths = {DatapathKind::bf16, DatapathKind::fp16}});
  EXPECT_EQ(comparison.equal_lanes[0].result.run, comparison.equal_lanes[1].result.run);
  EXPECT_NE(comparison.equal_lanes[0].result.energy.total(), comparison.equal_lanes[1].result.energy.total());
}

TEST(Comparison, at_equal_elements_is_never_slower_than_at_equal_bytes) {
  ComparisonOptions options{.datapaths = {DatapathKind::lns, DatapathKind::fp32}};
  const Comparison elements = compared(options);
  options.held = SizesHeld::bytes;
  const Comparison bytes = compared(options);
  EXPECT_EQ(elements.equal_lanes[0].result.run, bytes.equal_lanes[0].result.run);
  EXPECT_LT(elements.equal_lanes[1].result.run.cycles, bytes.equal_lanes[1].result.run.cycles);
}

TEST(Comparison, at_equal_area_has_lanes_in_inverse_proportion_to_their_areas) {
  const Comparison comparison =
      compared({.datapaths = {DatapathKind::lns, DatapathKind::fp32}, .characterisation = areas(10.0, 45.0)});
  ASSERT_EQ(comparison.equal_area.size(), 2U);
  EXPECT_EQ(comparison.equal_area[0].config.machine.pe.lanes, 32U);
  EXPECT_EQ(comparison.equal_area[1].config.machine.pe.lanes, 7U);  // 32 / 4.5 = 7.1
  EXPECT_DOUBLE_EQ(*comparison.equal_area[0].lanes_um2, 16 * 32 * 32 * 10.0);
  EXPECT_DOUBLE_EQ(*comparison.equal_area[1].lanes_um2, 16 * 7 * 32 * 45.0);
  EXPECT_DOUBLE_EQ(*comparison.equal_lanes[1].lanes_um2, 16 * 32 * 32 * 45.0);
}

TEST(Comparison, at_equal_area_leaves_at_least_a_lane) {
  const Comparison comparison = compared(
      {.datapaths = {DatapathKind::lns, DatapathKind::fp32}, .characterisation = areas(1.0, 1000.0)});
  EXPECT_EQ(comparison.equal_area[1].config.machine.pe.lanes, 1U);
}

TEST(Comparison, without_areas_says_which_are_missing) {
  EXPECT_EQ(compared({.datapaths = {DatapathKind::lns}}).no_area_because, "no characterisation was given");
  const Comparison comparison =
      compared({.datapaths = {DatapathKind::lns, DatapathKind::int8, DatapathKind::fp32},
                .characterisation = areas(1.0, 0.0)});
  EXPECT_TRUE(comparison.equal_area.empty());
  EXPECT_EQ(comparison.no_area_because, "\"areas\" has no area of int8, fp32");
}

TEST(Comparison, prints_the_same_whatever_the_number_of_threads) {
  const ComparisonInputs inputs{kConfig, kTrace, kConfig.parent_path() / "../energy/published-45nm.yaml", {}};
  ComparisonOptions options{.datapaths = {DatapathKind::fp32, DatapathKind::lns}, .jobs = 1};
  const Comparison one = compared(options);
  options.jobs = 3;
  const Comparison three = compared(options);
  EXPECT_EQ(comparison_json(one, options, inputs).dump(), comparison_json(three, options, inputs).dump());
  EXPECT_EQ(comparison_table(one, options), comparison_table(three, options));
  EXPECT_EQ(comparison_csv(one), comparison_csv(three));
  EXPECT_EQ(comparison_svg(one.equal_lanes, "equal lanes"), comparison_svg(three.equal_lanes, "equal lanes"));
}

TEST(Comparison, prints_its_ratios_first) {
  const ComparisonOptions options{.datapaths = {DatapathKind::fp32, DatapathKind::lns},
                                  .characterisation = areas(10.0, 45.0)};
  const Comparison comparison = compared(options);
  const std::string table = comparison_table(comparison, options);
  EXPECT_EQ(table.rfind("Equal lanes: ratios to fp32\n", 0), 0U);
  EXPECT_NE(table.find("\nEqual area of the lanes: ratios to fp32\n"), std::string::npos);
  const std::string csv = comparison_csv(comparison);
  EXPECT_EQ(csv.rfind("view,datapath,operand_bits,pes,lanes,macs,seconds,utilisation,lanes_um2,cycles,", 0),
            0U);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 5);
}

}  // namespace
}  // namespace lnsim
