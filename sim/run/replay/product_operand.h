// One operand of one product: codes for the machine, and the values they stand for, for the reference.
//
// What shares a scale (FormatParameters::granularity):
//   tensor   the tensor; elements are rounded once, where they lie
//   channel  a row of the operand matrix (a weight's output channel in the forward pass); the scale stays out
//            of the dot product and is applied by the post-processing unit
//   vector   the vector_size elements that meet in a lane; their scale, at most the tensor's, goes through
//            the datapath with them. Integer lanes, which cannot lower an operand's exponent, do not have it
// With channel and vector an element that belongs to several rows (a window slides over it) is rounded for
// each of them.
//
// A window's place beyond the tensor's edge is a real operand, the code of an exact zero: its products count
// as products with zero. A vector's slots beyond the contraction are padding and count nowhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/arith/datapath.h"
#include "models/arith/number_format.h"
#include "sim/run/compile/product.h"
#include "sim/run/replay/operand_gather.h"
#include "sim/run/replay/operand_rows.h"
#include "sim/run/replay/operand_source.h"

namespace lnsim {

enum class Side : std::uint8_t { a, b };

// Codes packed for a datapath, and their values with the scale in.
class PackedTensor {
 public:
  PackedTensor(const arith::Datapath& datapath, const arith::NumberFormat& format, Side side);

  // Appends elements of one scale, `offset` below `base` on the format's grid.
  void append(std::span<const arith::Code> codes, arith::Scale base, std::int32_t offset);
  void append_padding(std::size_t count);

  GatherSource packed() const {
    return {packed_.data(), values_.size(), zero_.data(), padding_.data(), element_bytes_};
  }
  GatherSource values() const;
  // Writes `count` padding elements.
  void pad(std::byte* packed, std::int64_t count) const;

 private:
  const arith::Datapath* datapath_;
  const arith::NumberFormat* format_;
  Side side_;
  std::size_t element_bytes_;
  std::vector<std::byte> packed_, zero_, padding_;
  std::vector<double> values_;
  double zero_value_ = 0;
};

// The operand of all products of an operation, rounded as a whole: ScaleGranularity::tensor.
std::shared_ptr<const PackedTensor> pack_whole(const OperandSource& source, const arith::Datapath& datapath,
                                               Side side, arith::QuantiseCounts& counts);

// Where a product's operand lies in its tensor.
struct OperandLayout {
  const MatrixView* view = nullptr;
  std::int64_t groups = 1;
  std::int64_t rows = 1;  // of the operand: output rows of A, output columns of B
  Contraction contraction;
  Packing packing = Packing::channel;
  std::uint32_t vector_size = 1;
};

class ProductOperand final : public OperandRows {
 public:
  // ScaleGranularity::tensor: shares the packed tensor.
  ProductOperand(const OperandLayout& layout, std::shared_ptr<const PackedTensor> whole, arith::Scale scale);
  // Scales per channel or vector. `first_index` is the first element's place in the random stream. Throws
  // std::invalid_argument when the datapath cannot lower a vector's scale.
  ProductOperand(const OperandLayout& layout, const OperandSource& source, const arith::Datapath& datapath,
                 Side side, std::uint64_t first_index, arith::QuantiseCounts& counts);

  std::int64_t groups() const { return groups_; }
  std::int64_t rows() const override { return rows_; }
  std::int64_t vectors() const { return gather_.vectors(); }
  std::int64_t row_elements() const override { return gather_.vectors() * gather_.vector_size(); }

  // Rows first .. first + count, `vectors` of them from first_vector on, [row][vector][element]. Rows and
  // vectors that the operand does not have are padding.
  void read(std::int64_t group, std::int64_t first, std::int64_t count, std::int64_t first_vector,
            std::int64_t vectors, std::byte* packed) const;

  // [vector][element].
  void values(std::int64_t group, std::int64_t row, double* out) const override;

  // The scale that the post-processing unit applies to sums of this row.
  arith::Scale scale(std::int64_t group, std::int64_t row) const {
    return row_scales_.empty() ? scale_ : row_scales_[static_cast<std::size_t>(group * rows_ + row)];
  }

 private:
  std::int64_t groups_;
  std::int64_t rows_;
  OperandGather gather_;
  std::shared_ptr<const PackedTensor> tensor_;
  arith::Scale scale_;
  std::vector<arith::Scale> row_scales_;  // per channel only
};

}  // namespace lnsim
