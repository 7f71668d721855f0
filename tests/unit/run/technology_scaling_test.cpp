#include "sim/run/energy/technology_scaling.h"

#include <gtest/gtest.h>

#include "sim/base/errors.h"

namespace lnsim {
namespace {

EnergyCosts costs_at_45_nm() {
  EnergyCosts costs;
  costs.table = "t";
  costs.technology = Technology{"45", 0.9};
  for (EventCost& cost : costs.of) cost = {2.0, "source", Basis::published, {0.5, 2.0}};
  return costs;
}

const EventCost& cost_of(const EnergyCosts& costs, Event event) {
  return costs.of[static_cast<std::size_t>(event)];
}

// e(V) = a V^2 + b V + c with the published coefficients, written out here once more.
TEST(TechnologyScaling, follows_the_published_equations) {
  const double e45_11 = 1.018 * 1.21 - 0.3107 * 1.1 + 0.1539;
  const double e7_07 = 0.1776 * 0.49 - 0.09097 * 0.7 + 0.02447;
  EXPECT_DOUBLE_EQ(energy_scale({"45", 1.1}, {"7", 0.7}), e7_07 / e45_11);
  EXPECT_NEAR(1.0 / energy_scale({"45", 1.1}, {"7", 0.7}), 21.8, 0.05);
  const double e130_13 = 7.171 * 1.69 - 6.709 * 1.3 + 2.904;
  EXPECT_DOUBLE_EQ(energy_scale({"130", 1.3}, {"45", 1.1}), e45_11 / e130_13);
  EXPECT_NEAR(1.0 / energy_scale({"130", 1.3}, {"45", 1.1}), 6.0, 0.05);
}

// Two gate-level characterisations of the same circuits are 6.1 to 7.9 times apart where the equations
// say 21.8.
TEST(TechnologyScaling, is_off_from_gate_level_by_about_the_factor_it_prints) {
  const double predicted = 1.0 / energy_scale({"45", 1.1}, {"7", 0.7});
  EXPECT_LT(predicted / 7.9, kScalingBand);
  EXPECT_NEAR(predicted / 6.1, kScalingBand, 0.6);
}

TEST(TechnologyScaling, inside_a_node_is_the_square_of_the_voltage) {
  EXPECT_DOUBLE_EQ(energy_scale({"45", 1.1}, {"45", 0.95}), 0.95 * 0.95 / (1.1 * 1.1));
  EXPECT_NEAR(energy_scale({"45", 1.1}, {"45", 0.95}), 0.746, 0.0005);
  EXPECT_EQ(scaled(costs_at_45_nm(), {"45", 1.1}).of[0].uncertainty.low, 0.5);
}

TEST(TechnologyScaling, there_and_back_is_nothing) {
  for (const std::string_view node : node_names()) {
    const Technology there{std::string(node), 0.8};
    EXPECT_NEAR(energy_scale({"45", 0.9}, there) * energy_scale(there, {"45", 0.9}), 1.0, 1e-12) << node;
    EXPECT_GT(energy_scale({"45", 0.9}, there), 0.0) << node;
  }
}

TEST(TechnologyScaling, marks_every_figure_and_widens_its_band_by_three) {
  const EnergyCosts costs = scaled(costs_at_45_nm(), {"7", 0.7});
  const double factor = energy_scale({"45", 0.9}, {"7", 0.7});
  const EventCost& cost = cost_of(costs, Event::datapath_mac);
  EXPECT_DOUBLE_EQ(cost.pj, 2.0 * factor);
  EXPECT_EQ(cost.basis, Basis::scaled);
  EXPECT_DOUBLE_EQ(cost.uncertainty.low, 0.5 / 3.0);
  EXPECT_DOUBLE_EQ(cost.uncertainty.high, 6.0);
  EXPECT_TRUE(cost.source.starts_with("2 pJ x ")) << cost.source;
  EXPECT_TRUE(costs.scaling.starts_with("SCALED from 45 nm at 0.9 V to 7 nm at 0.7 V: x 0.0"))
      << costs.scaling;
  EXPECT_NE(costs.scaling.find("good to a factor of 3"), std::string::npos);
}

TEST(TechnologyScaling, leaves_DRAM_and_leakage_as_they_are) {
  const EnergyCosts costs = scaled(costs_at_45_nm(), {"7", 0.7});
  for (const EventRow& row : kEvents) {
    const bool stays = row.component == "dram" || row.component == "leakage";
    EXPECT_EQ(costs.pj(row.event) == 2.0, stays) << row.name;
    EXPECT_EQ(cost_of(costs, row.event).basis == Basis::published, stays) << row.name;
  }
}

std::string refusal(const EnergyCosts& costs, const Technology& to) {
  try {
    scaled(costs, to);
  } catch (const UserError& error) {
    return error.what();
  }
  return "scaled";
}

TEST(TechnologyScaling, refuses_what_the_equations_do_not_cover) {
  EXPECT_EQ(refusal(costs_at_45_nm(), {"5", 0.7}),
            "--scale-node: got 5, expected one of 130, 90, 65, 45, lp45, 32, 20, 16, 14, 10, 7, lp7");
  EXPECT_EQ(refusal(costs_at_45_nm(), {"7", 0.3}),
            "--scale-voltage: got 0.3, expected a voltage from 0.4 to 1.4 (V)");
  EnergyCosts unknown = costs_at_45_nm();
  unknown.technology.reset();
  EXPECT_EQ(
      refusal(unknown, {"7", 0.7}),
      "--scale-node: got an energy table, \"t\", without conditions.scale_from, expected one that says which "
      "node and voltage its figures are from");
}

}  // namespace
}  // namespace lnsim
