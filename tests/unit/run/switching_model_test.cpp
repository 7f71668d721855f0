#include "sim/run/energy/switching_model.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>

#include "sim/base/errors.h"
#include "sim/run/energy/energy.h"
#include "sim/run/energy/technology_scaling.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using arith::Switching;

const fs::path kTable = fs::path(LNSIM_SOURCE_DIR) / "tests/data/energy/switching.yaml";

EnergyCosts costs_of(const AcceleratorParameters& machine) {
  return read_energy_table(kTable, machine);
}

arith::SwitchingCounts some_switching() {
  arith::SwitchingCounts counts;
  counts[Switching::slots] = 1000;
  counts[Switching::live_products] = 700;
  counts[Switching::term_bits] = 3000;
  counts[Switching::accumulator_bits] = 500;
  return counts;
}

// What the counts above belong to: 900 multiply-accumulates in 1000 slots.
EventCounts some_events() {
  EventCounts events;
  events[Event::datapath_mac] = 900;
  events[Event::datapath_idle_mac] = 100;
  events[Event::collector_accumulate] = 31;
  events[Event::dma_byte] = 5;
  return events;
}

EnergyCosts costs_of_one_each() {
  EnergyCosts costs;
  for (EventCost& cost : costs.of) cost = {1.0, "s", Basis::published, {}};
  costs.switching.emplace();
  costs.switching->lane[static_cast<std::size_t>(Switching::live_products)] = 512.0;
  costs.switching->collector[static_cast<std::size_t>(Switching::accumulator_bits)] = 2048.0;
  costs.switching->basis = Basis::characterised;
  costs.switching->uncertainty = {0.5, 3.0};
  return costs;
}

TEST(SwitchingModel, is_a_sum_of_counts_times_coefficients) {
  const SwitchingModel model = *costs_of({}).switching;
  EXPECT_DOUBLE_EQ(switching_pj(model.lane, some_switching()), (2 * 1000 + 40 * 700 + 4 * 3000) / 1000.0);
  EXPECT_DOUBLE_EQ(switching_pj(model.collector, some_switching()), (1 * 1000 + 32 * 500) / 1000.0);
}

TEST(SwitchingModel, is_that_of_the_datapath_and_of_its_table) {
  AcceleratorParameters machine;
  EXPECT_EQ(costs_of(machine).switching->operand_class, "normal");
  EXPECT_EQ(costs_of(machine).switching->basis, Basis::characterised);
  machine.datapath.table_entries = 2;
  EXPECT_EQ(costs_of(machine).switching->operand_class, "uniform");
  machine.datapath.table_entries = 4;
  EXPECT_FALSE(costs_of(machine).switching);
  machine.datapath.kind = arith::DatapathKind::int8;
  EXPECT_EQ(costs_of(machine).switching->collector[static_cast<std::size_t>(Switching::accumulator_bits)],
            5.0);
  machine.datapath.kind = arith::DatapathKind::fp32;
  EXPECT_FALSE(costs_of(machine).switching);
}

TEST(SwitchingModel, is_that_of_the_octaves_of_products_where_it_says_so) {
  AcceleratorParameters machine;
  machine.datapath.table_entries = 1;
  EXPECT_EQ(costs_of(machine).switching->operand_class, "wide");  // 31.75 octaves
  for (arith::FormatParameters* format :
       {&machine.formats.weight, &machine.formats.activation, &machine.formats.error})
    format->bits = 7;
  EXPECT_EQ(costs_of(machine).switching->operand_class, "narrow");  // 15.75
  machine.formats.error.bits = 6;
  EXPECT_EQ(costs_of(machine).switching->operand_class, "narrow");  // of activations with each other
  machine.formats.activation.bits = 6;
  EXPECT_FALSE(costs_of(machine).switching);  // 11.8125
  machine.datapath.table_entries = 8;
  EXPECT_EQ(costs_of(machine).switching->operand_class, "normal");  // says nothing of octaves
}

TEST(SwitchingModel, is_as_uncertain_as_its_worst_error) {
  const SwitchingModel model = *costs_of({}).switching;
  EXPECT_EQ(model.held_out_error.streams, 4u);
  EXPECT_DOUBLE_EQ(model.uncertainty.low, 1 / 1.06);  // |model - true| <= 0.06 true
  EXPECT_DOUBLE_EQ(model.uncertainty.high, 1 / 0.94);
}

TEST(SwitchingModel, of_a_table_hides_those_of_the_same_datapath_in_the_table_that_it_extends) {
  const fs::path path = fs::path(testing::TempDir()) / "switching_model_test.extending.yaml";
  std::ofstream(path) << "name: mine\nextends: " << kTable.generic_string()
                      << "\nconditions: {node: n, voltage: v, temperature: c, includes: i}\nevents: {}\n"
                      << "switching: {lns: []}\n";
  AcceleratorParameters machine;
  EXPECT_FALSE(read_energy_table(path, machine).switching);
  machine.datapath.kind = arith::DatapathKind::int8;
  EXPECT_TRUE(read_energy_table(path, machine).switching);
  fs::remove(path);
}

TEST(SwitchingModel, takes_the_place_of_the_means_of_lanes_and_collectors) {
  const Energy energy = energy_of(some_events(), some_switching(), costs_of_one_each());
  const auto pj = [&](Event event) { return to_pj(energy.quanta[static_cast<std::size_t>(event)]); };
  EXPECT_NEAR(pj(Event::datapath_mac), 0.512 * 700, 0.5 / kEnergyQuantaPerPj);
  EXPECT_EQ(pj(Event::datapath_idle_mac), 0.0);
  EXPECT_EQ(pj(Event::collector_accumulate), 2.048 * 500);
  EXPECT_EQ(pj(Event::dma_byte), 5.0);
  EXPECT_EQ(energy.from_operands.macs, 900u);
  EXPECT_EQ(to_pj(energy.from_operands.quanta_by_means), 900.0 + 100 + 31);
  EXPECT_EQ(energy.from_operands.total() + 5 * 1024, energy.total());
}

TEST(SwitchingModel, has_its_own_basis_and_uncertainty_in_the_sums) {
  const EnergyCosts costs = costs_of_one_each();
  Energy energy = energy_of(some_events(), some_switching(), costs);
  const double modelled = to_pj(energy.from_operands.total());
  energy += energy_of(some_events(), costs);  // another operation, without operands
  const auto sums = by_basis(energy, costs);
  EXPECT_EQ(to_pj(sums[static_cast<std::size_t>(Basis::characterised)]), modelled);
  EXPECT_EQ(to_pj(sums[static_cast<std::size_t>(Basis::published)]), 5.0 + 900 + 100 + 31 + 5);
  EXPECT_EQ(std::accumulate(sums.begin(), sums.end(), std::int64_t{0}), energy.total());
  const EnergyRange range = range_of(energy, costs);
  EXPECT_DOUBLE_EQ(range.low_pj, 1041 + 0.5 * modelled);
  EXPECT_DOUBLE_EQ(range.high_pj, 1041 + 3.0 * modelled);
}

TEST(SwitchingModel, is_scaled_with_its_table) {
  EnergyCosts costs = costs_of_one_each();
  costs.technology = Technology{"45", 0.9};
  const double factor = energy_scale({"45", 0.9}, {"7", 0.7});
  const SwitchingModel model = *scaled(costs, {"7", 0.7}).switching;
  EXPECT_DOUBLE_EQ(model.lane[static_cast<std::size_t>(Switching::live_products)], 512.0 * factor);
  EXPECT_DOUBLE_EQ(model.collector[static_cast<std::size_t>(Switching::accumulator_bits)], 2048.0 * factor);
  EXPECT_EQ(model.basis, Basis::scaled);
  EXPECT_DOUBLE_EQ(model.uncertainty.low, 0.5 / 3);
  EXPECT_DOUBLE_EQ(model.uncertainty.high, 9.0);
}

}  // namespace
}  // namespace lnsim
