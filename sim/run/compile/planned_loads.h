// The loads and PE commands of an operation's products in issue order, before anything is fetched.
//
// The loads of a PE command are issued before the command ahead of it, so that one tile arrives while the
// other is worked on. A tiles are much larger than B tiles: the ones for the next A tile are handed out over
// the commands of the current one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/control/program.h"
#include "models/parameters.h"
#include "sim/run/compile/product_shape.h"
#include "sim/run/compile/stored_tensor.h"
#include "sim/run/compile/tile_sequence.h"
#include "sim/run/compile/tiling.h"

namespace lnsim {

struct PlannedLoad {
  Load load;    // without buffer address, except for partial sums: offset in the sums' space
  Boxes boxes;  // of the operand's tensor
  std::uint32_t waits_for_use = 0;  // PE commands before this one must have consumed their operands
  std::uint32_t spilled_by = 0;     // PE commands before this one must have produced their sums
};

struct PlannedCompute {
  Compute compute;               // without output address, except for spilled sums: offset in the sums' space
  std::uint32_t after_load = 0;  // loads before this one must be complete
  std::uint64_t output_elements = 0;
};

struct ProductPlan {
  PeGrid grid;  // large enough for the grids of all products
  std::vector<PlannedLoad> loads;
  std::vector<PlannedCompute> computes;
  std::vector<bool> order;         // issue order: true is the next compute, false the next load
  std::uint64_t output_bytes = 0;  // of the largest command that emits
  std::uint64_t sums_bytes = 0;    // space for spilled sums
};

// Throws TilesDoNotFit (product_program.h) when a tile is larger than its slot.
ProductPlan plan_products(std::vector<ProductShape>& shapes, const std::vector<Tiling>& tilings,
                          const AcceleratorParameters& machine);

// Bytes that the PEs of a grid return at most for one command, every column of a row block in whole bytes.
std::uint64_t returned_bytes(const Tiling& tiling, std::int64_t lanes, std::uint32_t bits);

}  // namespace lnsim
