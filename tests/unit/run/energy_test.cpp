#include "sim/run/energy/energy.h"

#include <gtest/gtest.h>

#include <numeric>

#include "sim/base/errors.h"

namespace lnsim {
namespace {

EnergyCosts costs_of_one_each() {
  EnergyCosts costs;
  for (EventCost& cost : costs.of) cost.pj = 1.0;
  return costs;
}

TEST(Energy, is_count_times_cost) {
  EnergyCosts costs;
  costs.of[static_cast<std::size_t>(Event::datapath_mac)].pj = 0.07536;
  EventCounts events;
  events[Event::datapath_mac] = 3ULL * 35332816896ULL;  // BERT-Base, sequence 384, three passes
  // 3 * 35.332816896 G * 75.36 fJ = 7.988 mJ, the published 7.99 mJ
  EXPECT_NEAR(to_pj(energy_of(events, costs).total()), 7.98804e9, 1e5);
}

TEST(Energy, adds_up_over_components_and_levels) {
  EventCounts events;
  for (std::size_t i = 0; i < kEventCount; ++i) events.counts[i] = i + 1;
  const Energy energy = energy_of(events, costs_of_one_each());
  std::int64_t components = 0;
  for (const auto& [name, quanta] : energy.by_component()) components += quanta;
  EXPECT_EQ(components, energy.total());
  EXPECT_EQ(energy.within(EnergyLevel::system), energy.total());
  EXPECT_EQ(to_pj(energy.total()), static_cast<double>(kEventCount * (kEventCount + 1) / 2));
  EXPECT_LT(energy.within(EnergyLevel::datapath), energy.within(EnergyLevel::processing_element));
  EXPECT_LT(energy.within(EnergyLevel::processing_element), energy.within(EnergyLevel::system));
}

TEST(Energy, counts_the_datapath_level_as_multiplier_slots_and_the_leakage_and_idle_clock_of_lanes) {
  EventCounts events;
  for (auto& count : events.counts) count = 10;
  EXPECT_EQ(to_pj(energy_of(events, costs_of_one_each()).within(EnergyLevel::datapath)), 40.0);
}

TEST(Energy, is_summed_by_the_basis_of_its_costs) {
  EnergyCosts costs = costs_of_one_each();  // our choice, all of them
  costs.of[static_cast<std::size_t>(Event::datapath_mac)].basis = Basis::characterised;
  costs.of[static_cast<std::size_t>(Event::dram_read_byte)].basis = Basis::derived;
  costs.of[static_cast<std::size_t>(Event::dram_write_byte)].basis = Basis::derived;
  EventCounts events;
  for (auto& count : events.counts) count = 10;
  const auto sums = by_basis(energy_of(events, costs), costs);
  EXPECT_EQ(to_pj(sums[static_cast<std::size_t>(Basis::characterised)]), 10.0);
  EXPECT_EQ(to_pj(sums[static_cast<std::size_t>(Basis::derived)]), 20.0);
  EXPECT_EQ(to_pj(sums[static_cast<std::size_t>(Basis::our_choice)]), 10.0 * (kEventCount - 3));
  EXPECT_EQ(std::accumulate(sums.begin(), sums.end(), std::int64_t{0}), energy_of(events, costs).total());
}

TEST(Energy, lies_between_the_sums_of_all_low_and_all_high_costs) {
  EnergyCosts costs = costs_of_one_each();
  costs.of[static_cast<std::size_t>(Event::datapath_mac)].uncertainty = {0.5, 3.0};
  EventCounts events;
  events[Event::datapath_mac] = 100;
  events[Event::dma_byte] = 7;  // of which nobody says how wrong it is
  const EnergyRange range = range_of(energy_of(events, costs), costs);
  EXPECT_DOUBLE_EQ(range.low_pj, 57.0);
  EXPECT_DOUBLE_EQ(range.high_pj, 307.0);
}

TEST(Energy, that_does_not_fit_is_a_broken_promise) {
  EnergyCosts costs;
  costs.of[0].pj = 1e6;
  EventCounts events;
  events.counts[0] = 1ULL << 62;
  EXPECT_THROW(energy_of(events, costs), ModelError);
}

TEST(Events, stand_in_the_table_in_the_order_of_their_enumeration) {
  for (std::size_t i = 0; i < kEventCount; ++i) EXPECT_EQ(static_cast<std::size_t>(kEvents[i].event), i);
}

}  // namespace
}  // namespace lnsim
