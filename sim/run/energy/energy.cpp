#include "sim/run/energy/energy.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "sim/base/errors.h"

namespace lnsim {

Energy& Energy::operator+=(const Energy& other) {
  for (std::size_t i = 0; i < kEventCount; ++i) quanta[i] += other.quanta[i];
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
  for (std::size_t i = 0; i < kEventCount; ++i)
    sums[static_cast<std::size_t>(costs.of[i].basis)] += energy.quanta[i];
  return sums;
}

EnergyRange range_of(const Energy& energy, const EnergyCosts& costs) {
  EnergyRange range;
  for (std::size_t i = 0; i < kEventCount; ++i) {
    const double pj = to_pj(energy.quanta[i]);
    range.low_pj += pj * costs.of[i].uncertainty.low;
    range.high_pj += pj * costs.of[i].uncertainty.high;
  }
  return range;
}

Energy energy_of(const EventCounts& events, const EnergyCosts& costs) {
  Energy energy;
  for (const EventRow& row : kEvents) {
    const long double exact = static_cast<long double>(events[row.event]) *
                              static_cast<long double>(costs.pj(row.event)) *
                              static_cast<long double>(kEnergyQuantaPerPj);
    if (exact > 9.0e18L) throw ModelError(fmt::format("the energy of {} does not fit the report", row.name));
    energy.quanta[static_cast<std::size_t>(row.event)] = std::llround(exact);
  }
  return energy;
}

}  // namespace lnsim
