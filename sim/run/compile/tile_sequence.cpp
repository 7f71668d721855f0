#include "sim/run/compile/tile_sequence.h"

#include <algorithm>

namespace lnsim {
namespace {

class Sequence {
 public:
  Sequence(std::vector<TileStep>& steps, std::uint32_t product, const ProductShape& shape,
           const Tiling& tiling, std::int64_t lanes, SlotPair& slots_a, SlotPair& slots_b)
      : steps_(steps),
        product_(product),
        shape_(shape),
        t_(tiling),
        spills_(tiling.spills(shape.vectors(), lanes)),
        slots_a_(slots_a),
        slots_b_(slots_b) {}

  void append() {
    const Product& p = shape_.product();
    const std::int64_t row_set = t_.rows * t_.grid.rows;
    const std::int64_t block = t_.columns * t_.grid.columns * t_.block_columns;
    for (group_ = 0; group_ < p.groups; group_ += t_.grid.groups) {
      if (t_.order == LoopOrder::rows_outer) {
        for (row_ = 0; row_ < p.rows; row_ += row_set) {
          for (std::int64_t column = 0; column < p.columns; column += block) append_block(column);
        }
      } else {
        for (std::int64_t column = 0; column < p.columns; column += block) {
          for (row_ = 0; row_ < p.rows; row_ += row_set) append_block(column);
        }
      }
    }
  }

 private:
  void append_block(std::int64_t first_column) {
    const std::int64_t set = t_.columns * t_.grid.columns;
    const std::int64_t vectors = shape_.vectors();
    for (std::int64_t v = 0; v < vectors; v += t_.vectors_a) {
      const IndexRange chunk{v, std::min(v + t_.vectors_a, vectors)};
      for (std::int64_t i = 0; i < t_.block_columns; ++i) {
        const std::int64_t column = first_column + i * set;
        if (column >= shape_.product().columns) break;
        append_chunk(column, i, chunk);
      }
    }
  }

  void append_chunk(std::int64_t column, std::int64_t block_position, IndexRange chunk) {
    for (std::int64_t v = chunk.begin; v < chunk.end; v += t_.vectors_b) {
      TileStep step;
      step.product = product_;
      step.group = group_;
      step.row = row_;
      step.column = column;
      step.vectors_a = chunk;
      step.vectors = {v, std::min(v + t_.vectors_b, chunk.end)};
      step.block_position = block_position;
      step.start = v == 0 ? SumStart::zero : spills_ && v == chunk.begin ? SumStart::restore : SumStart::keep;
      step.end = step.vectors.end == shape_.vectors()       ? SumEnd::emit
                 : spills_ && step.vectors.end == chunk.end ? SumEnd::spill
                                                            : SumEnd::keep;
      const SlotPair::Use a = slots_a_.use({product_, group_, row_, chunk.begin});
      const SlotPair::Use b = slots_b_.use({product_, group_, column, v});
      step.slot_a = a.slot;
      step.loads_a = a.load;
      step.slot_b = b.slot;
      step.loads_b = b.load;
      steps_.push_back(step);
    }
  }

  std::vector<TileStep>& steps_;
  std::uint32_t product_;
  const ProductShape& shape_;
  const Tiling& t_;
  bool spills_;
  SlotPair& slots_a_;
  SlotPair& slots_b_;
  std::int64_t group_ = 0, row_ = 0;
};

}  // namespace

SlotPair::Use SlotPair::use(const Key& key) {
  for (std::uint8_t slot = 0; slot < 2; ++slot) {
    if (held_[slot] == key) {
      last_ = slot;
      return {slot, false};
    }
  }
  last_ = static_cast<std::uint8_t>(1 - last_);
  held_[last_] = key;
  return {last_, true};
}

void append_tile_steps(std::vector<TileStep>& steps, std::uint32_t product, const ProductShape& shape,
                       const Tiling& tiling, std::int64_t lanes, SlotPair& slots_a, SlotPair& slots_b) {
  Sequence(steps, product, shape, tiling, lanes, slots_a, slots_b).append();
}

}  // namespace lnsim
