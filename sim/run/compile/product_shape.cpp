#include "sim/run/compile/product_shape.h"

#include <algorithm>

#include "models/arith/number_format.h"
#include "sim/base/errors.h"

namespace lnsim {
namespace {

std::uint64_t packed_bytes(std::uint64_t elements, std::uint32_t bits) {
  return (elements * bits + 7) / 8;
}

// The largest footprint of a tile of rows x vectors at the start, in the middle, and at the end.
std::uint64_t typical_elements(TileFootprint& footprint, std::int64_t all_rows, std::int64_t all_vectors,
                               std::int64_t rows, std::int64_t vectors) {
  rows = std::min(rows, all_rows);
  vectors = std::min(vectors, all_vectors);
  std::uint64_t most = 0;
  for (const std::int64_t part : {0, 1, 2}) {
    const std::int64_t row = (all_rows - rows) / 2 * part / rows * rows;
    const std::int64_t vector = (all_vectors - vectors) / 2 * part / vectors * vectors;
    most = std::max(most, footprint.elements({row, row + rows}, {vector, vector + vectors}));
  }
  return most;
}

// Elements that the view can reach: of a filter, the taps it has.
std::uint64_t reachable_elements(const StoredTensor& tensor, const MatrixView& view) {
  std::int64_t elements = tensor.elements();
  if (tensor.filter) elements = elements / tensor.extent[1] * static_cast<std::int64_t>(view.taps.size());
  return static_cast<std::uint64_t>(elements);
}

// What is there for each kind of tensor, by its name.
template <class ByKind>
const auto& of_kind(const ByKind& all, TensorKind kind) {
  switch (kind) {
    case TensorKind::weight:
      return all.weight;
    case TensorKind::activation:
      return all.activation;
    case TensorKind::error:
      return all.error;
    case TensorKind::gradient:
      return all.gradient;
    case TensorKind::update:
      return all.update;
    case TensorKind::moment:
      return all.moment;
  }
  throw ModelError("unknown kind of tensor");
}

}  // namespace

std::uint32_t KindBits::operator[](TensorKind kind) const {
  return of_kind(*this, kind);
}

const arith::FormatParameters& format_of(const FormatsParameters& formats, TensorKind kind) {
  return of_kind(formats, kind);
}

KindBits kind_bits(const FormatsParameters& formats) {
  const auto bits = [](const arith::FormatParameters& format) {
    return arith::make_format(format)->storage_bits();
  };
  return {bits(formats.weight),   bits(formats.activation), bits(formats.error),
          bits(formats.gradient), bits(formats.update),     bits(formats.moment)};
}

ProductShape::ProductShape(const Product& product, const PeParameters& pe, const KindBits& bits,
                           std::uint32_t accumulator_bits)
    : product_(product),
      vectors_(product.contraction.vectors(pe.packing, pe.vector_size)),
      a_bits_(bits[product.a.kind]),
      b_bits_(bits[product.b.kind]),
      output_bits_(bits[product.out.kind]),
      accumulator_bits_(accumulator_bits),
      a_(product.a, product.contraction, pe.packing, pe.vector_size),
      b_(product.b, product.contraction, pe.packing, pe.vector_size),
      a_tensor_(stored_tensor(product.a, product.groups, product.rows, product.contraction)),
      b_tensor_(stored_tensor(product.b, product.groups, product.columns, product.contraction)),
      a_tensor_bytes_(packed_bytes(reachable_elements(a_tensor_, product.a), a_bits_)),
      b_tensor_bytes_(packed_bytes(reachable_elements(b_tensor_, product.b), b_bits_)) {}

std::uint64_t ProductShape::least_beats(std::int64_t lanes) const {
  const Product& p = product_;
  return static_cast<std::uint64_t>(p.groups * ((p.rows + lanes - 1) / lanes) * p.columns * vectors_);
}

std::uint64_t ProductShape::a_bytes(IndexRange rows, IndexRange vectors) {
  return packed_bytes(a_.elements(rows, vectors), a_bits_);
}

std::uint64_t ProductShape::b_bytes(IndexRange columns, IndexRange vectors) {
  return packed_bytes(b_.elements(columns, vectors), b_bits_);
}

std::uint64_t ProductShape::typical_a_bytes(std::int64_t rows, std::int64_t vectors) {
  return packed_bytes(typical_elements(a_, product_.rows, vectors_, rows, vectors), a_bits_);
}

std::uint64_t ProductShape::typical_b_bytes(std::int64_t columns, std::int64_t vectors) {
  return packed_bytes(typical_elements(b_, product_.columns, vectors_, columns, vectors), b_bits_);
}

}  // namespace lnsim
