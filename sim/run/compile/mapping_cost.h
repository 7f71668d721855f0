// What a tiling would cost, from closed formulas: the mapper's view of the machine.
//
// Cycles are the largest of what the PEs compute (including the fetch of A vectors from BufferA, unfilled
// tiles and restored sums), what the operand bus, the return bus and the DRAM move, plus the time to fill the
// first tiles. Energy counts what differs between tilings: bytes at every level, A fetches, and leakage over
// the cycles.
#pragma once

#include <cstdint>

#include "sim/run/compile/product_shape.h"
#include "sim/run/compile/tiling.h"
#include "sim/run/energy/energy_table.h"

namespace lnsim {

struct MappingCost {
  double compute_cycles = 0;
  double operand_bus_cycles = 0;
  double return_bus_cycles = 0;
  double dram_cycles = 0;
  double cycles = 0;
  double energy_pj = 0;  // 0 where only cycles were asked for

  double of(Objective objective) const {
    return objective == Objective::cycles   ? cycles
           : objective == Objective::energy ? energy_pj
                                            : cycles * energy_pj;
  }
};

// Bytes of an A tile and of a B tile.
struct TileBytes {
  double a = 0, b = 0;
};

// With what `objective` needs.
MappingCost mapping_cost(const ProductShape& shape, const Tiling& tiling, const TileBytes& tiles,
                         const AcceleratorParameters& machine, const KindBits& bits, const EnergyCosts& costs,
                         Objective objective);

}  // namespace lnsim
