// Joins event counts to costs.
//
// Energies are held as whole multiples of 2^-10 pJ (about a femtojoule): sums of them are exact, in integers
// here and in double precision for whoever adds up a report, as long as a total stays below 8.8 J; larger
// totals need care only in the reader's own additions.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "models/arith/switching.h"
#include "models/events.h"
#include "sim/run/energy/energy_table.h"

namespace lnsim {

inline constexpr double kEnergyQuantaPerPj = 1024.0;

// Of what was priced from its operands by a SwitchingModel.
struct OperandEnergy {
  std::uint64_t macs = 0;                          // events datapath.mac
  std::array<std::int64_t, kEventCount> quanta{};  // by the event whose mean they replace
  std::int64_t quanta_by_means = 0;                // what the means come to for the same

  OperandEnergy& operator+=(const OperandEnergy& other);
  std::int64_t total() const;
};

struct Energy {
  std::array<std::int64_t, kEventCount> quanta{};
  OperandEnergy from_operands;  // in quanta

  Energy& operator+=(const Energy& other);
  std::int64_t total() const;
  // The energy of everything inside a level: processing_element includes datapath, system includes all.
  std::int64_t within(EnergyLevel level) const;
  // By component of kEvents, in the order of that table.
  std::map<std::string, std::int64_t> by_component() const;
};

inline double to_pj(std::int64_t quanta) {
  return static_cast<double>(quanta) / kEnergyQuantaPerPj;
}

// Sums over events by the basis of their costs, in the order of kBasisNames.
std::array<std::int64_t, kBasisNames.size()> by_basis(const Energy& energy, const EnergyCosts& costs);

// In pJ, if every cost is as far off as its uncertainty says, all to the same side.
struct EnergyRange {
  double low_pj = 0.0;
  double high_pj = 0.0;
};
EnergyRange range_of(const Energy& energy, const EnergyCosts& costs);

// Each event's energy is rounded once. Throws ModelError when it does not fit (about 9 kJ).
Energy energy_of(const EventCounts& events, const EnergyCosts& costs);

// The same of a run whose lanes' switching was counted, by the model of `costs`, which must have one: the
// lanes' energy stands at datapath.mac, with nothing at datapath.idle_mac, and the collectors' at
// collector.accumulate.
Energy energy_of(const EventCounts& events, const arith::SwitchingCounts& switching,
                 const EnergyCosts& costs);

}  // namespace lnsim
