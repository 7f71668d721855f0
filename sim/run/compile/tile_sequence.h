// The PE commands of a tiled product in execution order, and which of them need a new tile in which buffer
// slot.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/control/program.h"
#include "sim/run/compile/product_shape.h"
#include "sim/run/compile/tiling.h"

namespace lnsim {

// One PE command: the first PE's tile; the others' follow by the tiling.
struct TileStep {
  std::uint32_t product = 0;
  std::int64_t group = 0, row = 0, column = 0;
  IndexRange vectors_a;  // of the A tile
  IndexRange vectors;    // of this command
  SumStart start = SumStart::zero;
  SumEnd end = SumEnd::emit;
  std::uint8_t slot_a = 0, slot_b = 0;
  bool loads_a = false, loads_b = false;
  std::int64_t block_position = 0;  // of the column tile in its block: where spilled sums lie
};

// The two slots of a PE buffer: a tile that still stands in one is not loaded again, a new one replaces the
// one that was used longer ago.
class SlotPair {
 public:
  using Key = std::array<std::int64_t, 4>;
  struct Use {
    std::uint8_t slot = 0;
    bool load = false;
  };
  Use use(const Key& key);

 private:
  std::array<std::optional<Key>, 2> held_;
  std::uint8_t last_ = 1;
};

// Appends the commands of product number `product`. Every (row, column, vector) is met once, in increasing
// vector order for each output.
void append_tile_steps(std::vector<TileStep>& steps, std::uint32_t product, const ProductShape& shape,
                       const Tiling& tiling, std::int64_t lanes, SlotPair& slots_a, SlotPair& slots_b);

}  // namespace lnsim
