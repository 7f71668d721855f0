// Cycles in the kernel's terms: it counts in its resolution of 1 ps, and a cycle is 1 ns.
#pragma once

#include <cstdint>
#include <systemc>

#include "sim/base/clock.h"

namespace lnsim {

inline constexpr std::uint64_t kKernelTicksPerCycle = 1000;

inline Cycle cycle_of(const sc_core::sc_time& time) {
  return time.value() / kKernelTicksPerCycle;
}

inline sc_core::sc_time duration_of(Cycle cycles) {
  return sc_core::sc_time::from_value(cycles * kKernelTicksPerCycle);
}

}  // namespace lnsim
