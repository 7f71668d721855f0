#include "sim/run/energy/energy.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>
#include <string_view>

#include "sim/base/errors.h"

namespace lnsim {

namespace {

std::int64_t rounded_quanta(long double pj, std::string_view event) {
  const long double exact = pj * static_cast<long double>(kEnergyQuantaPerPj);
  if (exact > 9.0e18L) throw ModelError(fmt::format("the energy of {} does not fit the report", event));
  return std::llround(exact);
}

}  // namespace

OperandEnergy& OperandEnergy::operator+=(const OperandEnergy& other) {
  macs += other.macs;
  for (std::size_t i = 0; i < kEventCount; ++i) quanta[i] += other.quanta[i];
  quanta_by_means += other.quanta_by_means;
  return *this;
}

std::int64_t OperandEnergy::total() const {
  return std::accumulate(quanta.begin(), quanta.end(), std::int64_t{0});
}

Energy& Energy::operator+=(const Energy& other) {
  for (std::size_t i = 0; i < kEventCount; ++i) quanta[i] += other.quanta[i];
  from_operands += other.from_operands;
  return *this;
}

std::int64_t Energy::total() const {
  return std::accumulate(quanta.begin(), quanta.end(), std::int64_t{0});
}

std::int64_t Energy::within(EnergyLevel level) const {
  std::int64_t sum = 0;
  for (const EventRow& row : kEvents) {
    if (row.level <= level) sum += quanta[static_cast<std::size_t>(row.event)];
  }
  return sum;
}

std::map<std::string, std::int64_t> Energy::by_component() const {
  std::map<std::string, std::int64_t> components;
  for (const EventRow& row : kEvents)
    components[std::string(row.component)] += quanta[static_cast<std::size_t>(row.event)];
  return components;
}

std::array<std::int64_t, kBasisNames.size()> by_basis(const Energy& energy, const EnergyCosts& costs) {
  std::array<std::int64_t, kBasisNames.size()> sums{};
  const OperandEnergy& modelled = energy.from_operands;
  for (std::size_t i = 0; i < kEventCount; ++i)
    sums[static_cast<std::size_t>(costs.of[i].basis)] += energy.quanta[i] - modelled.quanta[i];
  if (costs.switching) sums[static_cast<std::size_t>(costs.switching->basis)] += modelled.total();
  return sums;
}

EnergyRange range_of(const Energy& energy, const EnergyCosts& costs) {
  EnergyRange range;
  const auto add = [&range](std::int64_t quanta, const Uncertainty& uncertainty) {
    range.low_pj += to_pj(quanta) * uncertainty.low;
    range.high_pj += to_pj(quanta) * uncertainty.high;
  };
  for (std::size_t i = 0; i < kEventCount; ++i)
    add(energy.quanta[i] - energy.from_operands.quanta[i], costs.of[i].uncertainty);
  if (costs.switching) add(energy.from_operands.total(), costs.switching->uncertainty);
  return range;
}

Energy energy_of(const EventCounts& events, const EnergyCosts& costs) {
  Energy energy;
  for (const EventRow& row : kEvents) {
    energy.quanta[static_cast<std::size_t>(row.event)] = rounded_quanta(
        static_cast<long double>(events[row.event]) * static_cast<long double>(costs.pj(row.event)),
        row.name);
  }
  return energy;
}

Energy energy_of(const EventCounts& events, const arith::SwitchingCounts& switching,
                 const EnergyCosts& costs) {
  Energy energy = energy_of(events, costs);
  OperandEnergy& modelled = energy.from_operands;
  modelled.macs = events[Event::datapath_mac];
  const auto replace = [&](Event event, double pj) {
    const auto i = static_cast<std::size_t>(event);
    modelled.quanta_by_means += energy.quanta[i];
    modelled.quanta[i] = energy.quanta[i] = rounded_quanta(static_cast<long double>(pj), kEvents[i].name);
  };
  replace(Event::datapath_mac, switching_pj(costs.switching->lane, switching));
  replace(Event::datapath_idle_mac, 0.0);
  replace(Event::collector_accumulate, switching_pj(costs.switching->collector, switching));
  return energy;
}

}  // namespace lnsim
