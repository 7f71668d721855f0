// Tensors as they lie in DRAM, cut into pages: the pieces in which the DMA engine moves them.
//
// The order in DRAM is our choice, made so that what a tile needs lies close together: image tensors line by
// line (image, line, channel, position), filters and matrices as recorded. A page is a block of such a
// tensor; it is fetched with one command. Its runs of consecutive bytes are charged in whole bursts.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/run/compile/product.h"
#include "sim/run/compile/tile_footprint.h"

namespace lnsim {

// A tensor as a block of three axes, the last one consecutive, and where a view's indices stand in it.
struct StoredTensor {
  std::array<std::int64_t, 3> extent{1, 1, 1};
  unsigned line_axis = 0;
  unsigned channel_axis = 1;
  unsigned group_axis = 0;
  std::int64_t group_step = 0;  // indices of group_axis per group
  bool image = false;           // axis 0 is image * tensor height + line of the image
  bool filter = false;          // axis 1 is the tap

  std::int64_t elements() const { return extent[0] * extent[1] * extent[2]; }
};

// The tensor behind an operand view with `rows` rows, `contraction` and `groups` groups.
StoredTensor stored_tensor(const MatrixView& view, std::int64_t groups, std::int64_t rows,
                           const Contraction& contraction);

using Box = std::array<IndexRange, 3>;
using Boxes = boost::container::small_vector<Box, 2>;

// Boxes that cover what a tile touches: one per run of lines of an image, or of taps of a filter.
Boxes tile_boxes(const StoredTensor& tensor, const MatrixView& view, const TileFootprint& footprint,
                 std::int64_t group, IndexRange rows, IndexRange vectors);

struct PageSize {
  std::uint64_t dram_bytes = 0;
  std::uint64_t buffer_bytes = 0;
};

class Pages {
 public:
  // Blocks of about `target_bytes` (in the buffer) or less, close to the shape of `typical`, a box that a
  // tile touches.
  Pages(const StoredTensor& tensor, const std::array<std::int64_t, 3>& typical, std::uint32_t dram_bits,
        std::uint32_t buffer_bits, std::uint32_t burst_bytes, std::uint64_t target_bytes);

  std::uint32_t count() const;
  std::uint64_t largest_bytes() const;  // of a page in the buffer
  // Pages that the boxes touch, each once, ascending.
  std::vector<std::uint32_t> touched(const Boxes& boxes) const;
  PageSize size(std::uint32_t page) const;
  std::uint64_t dram_offset(std::uint32_t page) const;
  const std::array<std::int64_t, 3>& block() const { return block_; }

 private:
  std::array<std::int64_t, 3> first(std::uint32_t page) const;

  StoredTensor tensor_;
  std::uint32_t dram_bits_, buffer_bits_, burst_bytes_;
  std::array<std::int64_t, 3> block_{1, 1, 1};
  std::array<std::int64_t, 3> counts_{1, 1, 1};
};

}  // namespace lnsim
