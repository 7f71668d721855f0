// The unit of time: the cycle, an integer. SystemC time is 1 ns per cycle; seconds appear only in reports.
#pragma once

#include <cstdint>
#include <limits>
#include <systemc>

namespace lnsim {

using Cycle = std::uint64_t;
inline constexpr Cycle kNever = std::numeric_limits<Cycle>::max();

// The kernel counts in its resolution of 1 ps.
inline constexpr std::uint64_t kKernelTicksPerCycle = 1000;

// The cycle the kernel stands at.
inline Cycle current_cycle() {
  return sc_core::sc_time_stamp().value() / kKernelTicksPerCycle;
}

inline sc_core::sc_time duration_of(Cycle cycles) {
  return sc_core::sc_time::from_value(cycles * kKernelTicksPerCycle);
}

// Whole units needed to hold `amount`, `per_unit` at a time.
constexpr std::uint64_t ceil_div(std::uint64_t amount, std::uint64_t per_unit) {
  return (amount + per_unit - 1) / per_unit;
}

}  // namespace lnsim
