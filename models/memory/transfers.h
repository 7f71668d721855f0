// How much a command moves, in the units that each resource counts.
#pragma once

#include <algorithm>
#include <cstdint>

#include "models/control/program.h"
#include "models/parameters.h"
#include "sim/base/clock.h"

namespace lnsim {

// DRAM bursts that hold `bytes` bytes from `address` on.
inline std::uint64_t bursts(const DramParameters& dram, std::uint64_t address, std::uint64_t bytes) {
  return (address + bytes + dram.burst_bytes - 1) / dram.burst_bytes - address / dram.burst_bytes;
}

// Bytes of a word of each bank of the global buffer.
inline std::uint64_t buffer_line(const GlobalBufferParameters& buffer) {
  return std::uint64_t{buffer.banks} * buffer.bank_bytes;
}

// Bytes that the DRAM moves in a cycle.
inline std::uint64_t dram_width(const AcceleratorParameters& machine) {
  return std::uint64_t{machine.dram.channels} * machine.dram.channel_bytes_per_cycle;
}

// PEs of the grid whose slice of a command is not empty.
inline std::uint64_t working_pes(const Compute& compute, const PeGrid& grid) {
  const auto positions = [](const SliceAxis& axis, std::uint32_t most) {
    if (axis.step == 0) return std::uint64_t{most};
    return std::min<std::uint64_t>(most, ceil_div(axis.end - std::min(axis.end, axis.first), axis.step));
  };
  return positions(compute.groups, grid.groups) * positions(compute.rows, grid.rows) *
         positions(compute.columns, grid.columns);
}

// How often a load's bytes cross the operand bus.
inline std::uint64_t transfers(const Load& load, const BusParameters& bus) {
  return bus.multicast || load.target == LoadTarget::vector ? 1 : load.pes.count;
}

}  // namespace lnsim
