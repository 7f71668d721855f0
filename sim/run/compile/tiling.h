// A complete tiling of one product: the order in which the machine works through it.
//
//   for each set of groups
//     for each block of column tiles / for each set of row tiles        (which is outer: `order`)
//       for each A tile along the contraction                           (vectors_a)
//         for each set of column tiles in the block                     (block_columns)
//           for each B tile along the A tile                            (vectors_b): one PE command
//
// A set of tiles is one tile per PE row (column) of the grid. A block of one column tile keeps its sums in
// the collector over the whole contraction; in a larger one sums are spilled after each A tile but the last.
#pragma once

#include <cstdint>

#include "models/control/program.h"
#include "sim/run/compile/mapping.h"

namespace lnsim {

struct Tiling {
  PeGrid grid;
  std::int64_t rows = 1, columns = 1;         // of a PE's tile
  std::int64_t vectors_a = 1, vectors_b = 1;  // of an A and a B tile
  std::int64_t block_columns = 1;             // column tiles, per PE, of a block
  LoopOrder order = LoopOrder::rows_outer;
  bool operator==(const Tiling&) const = default;

  // Whether sums leave the collector between A tiles of a contraction of `vectors`, by this machine's
  // `lanes`.
  bool spills(std::int64_t vectors, std::int64_t lanes) const {
    return vectors > vectors_a && (block_columns > 1 || rows > lanes);
  }
};

}  // namespace lnsim
