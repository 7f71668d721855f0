// A product as the mapper and the program builder see it: its extents in vectors, its tile footprints, and
// the widths of what it moves.
#pragma once

#include <cstdint>

#include "models/parameters.h"
#include "sim/run/compile/product.h"
#include "sim/run/compile/stored_tensor.h"
#include "sim/run/compile/tile_footprint.h"

namespace lnsim {

// Stored bits per element of each kind of tensor.
struct KindBits {
  std::uint32_t weight = 8, activation = 8, error = 8, gradient = 8, update = 16, moment = 32;

  std::uint32_t operator[](TensorKind kind) const;
  // Weights are stored in DRAM as they are updated and rounded on the way into the global buffer.
  std::uint32_t in_dram(TensorKind kind) const { return kind == TensorKind::weight ? update : (*this)[kind]; }
};
KindBits kind_bits(const FormatsParameters& formats);
const arith::FormatParameters& format_of(const FormatsParameters& formats, TensorKind kind);

class ProductShape {
 public:
  // The product must outlive the shape.
  ProductShape(const Product& product, const PeParameters& pe, const KindBits& bits,
               std::uint32_t accumulator_bits);

  const Product& product() const { return product_; }
  std::int64_t vectors() const { return vectors_; }

  std::uint32_t a_bits() const { return a_bits_; }
  std::uint32_t b_bits() const { return b_bits_; }
  std::uint32_t output_bits() const { return output_bits_; }
  std::uint32_t accumulator_bits() const { return accumulator_bits_; }

  // Bytes of the unique elements of a tile.
  std::uint64_t a_bytes(IndexRange rows, IndexRange vectors);
  std::uint64_t b_bytes(IndexRange columns, IndexRange vectors);
  // The same for a tile of this size somewhere inside; of several places tried, the largest.
  std::uint64_t typical_a_bytes(std::int64_t rows, std::int64_t vectors);
  std::uint64_t typical_b_bytes(std::int64_t columns, std::int64_t vectors);

  // Bytes of the tensors in the global buffer, as far as the product uses them.
  std::uint64_t a_tensor_bytes() const { return a_tensor_bytes_; }
  std::uint64_t b_tensor_bytes() const { return b_tensor_bytes_; }

  // Beats of one PE of so many lanes that the product takes under any tiling: a beat is one vector of one
  // column for `lanes` rows.
  std::uint64_t least_beats(std::int64_t lanes) const;

  const StoredTensor& a_tensor() const { return a_tensor_; }
  const StoredTensor& b_tensor() const { return b_tensor_; }
  const TileFootprint& a_footprint() const { return a_; }
  const TileFootprint& b_footprint() const { return b_; }

 private:
  const Product& product_;
  std::int64_t vectors_;
  std::uint32_t a_bits_, b_bits_, output_bits_, accumulator_bits_;
  TileFootprint a_, b_;
  StoredTensor a_tensor_, b_tensor_;
  std::uint64_t a_tensor_bytes_, b_tensor_bytes_;
};

}  // namespace lnsim
