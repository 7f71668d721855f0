#include "sim/run/compile/product.h"

#include <algorithm>

#include "sim/base/errors.h"
#include "sim/run/compile/conv_products.h"
#include "sim/run/compile/whole_units.h"

namespace lnsim {
namespace {

// What one index adds to the offset, by its kind.
struct Place {
  std::int64_t offset = 0;
  std::int64_t y = 0, x = 0;
};

void add_index(const MatrixView& view, IndexKind kind, std::int64_t index, std::int64_t tap, Place& place) {
  switch (kind) {
    case IndexKind::line:
      place.offset += index * view.line_stride;
      return;
    case IndexKind::channel_tap: {
      const Tap& at = view.taps[static_cast<std::size_t>(tap)];
      place.offset += index * view.channel_stride + at.filter_offset * view.tap_stride;
      place.y += at.y;
      place.x += at.x;
      return;
    }
    case IndexKind::pixel:
      place.offset += index / (view.grid_height * view.grid_width) * view.image_stride;
      place.y += index / view.grid_width % view.grid_height * view.step_y;
      place.x += index % view.grid_width * view.step_x;
      return;
  }
}

// A matrix stored [group][line][element], or [group][element][line] when transposed.
MatrixView plain(TensorKind kind, std::int64_t lines, std::int64_t elements, bool line_major) {
  MatrixView view;
  view.kind = kind;
  view.rows = IndexKind::line;
  view.contraction = IndexKind::channel_tap;
  view.group_stride = lines * elements;
  view.line_stride = line_major ? elements : 1;
  view.channel_stride = line_major ? 1 : lines;
  return view;
}

// Whether the trace line's operand b is the output gradient. A line of a linear layer always has it as
// operand a.
bool gradient_is_b(const TraceOperation& operation) {
  return operation.pass != Pass::forward && operation.operand == "b";
}

std::vector<Product> matrix_products(const TraceOperation& operation) {
  if (!operation.gemm) throw ModelError("operation " + operation.layer + " has no product");
  const GemmDims& g = *operation.gemm;
  const TensorKind parameter = operation.weights ? TensorKind::weight : TensorKind::activation;
  const bool forward = operation.pass == Pass::forward;
  const bool weight_gradient = operation.pass == Pass::weight_gradient;
  // Without recorded tensors the layouts are those of a linear layer: x [rows, K], w [N, K].
  const bool canonical = operation.op == "linear" && operation.a.empty();
  const bool a_transposed = canonical ? weight_gradient : operation.a_transposed;
  const bool b_transposed = canonical ? forward : operation.b_transposed;

  Product product;
  product.groups = g.batch;
  product.contraction = {g.k, 1};
  product.macs = operation.macs;
  const bool swapped = gradient_is_b(operation);
  product.stationary = swapped ? TraceOperand::a : TraceOperand::b;
  const TensorKind streamed = forward ? TensorKind::activation : TensorKind::error;
  // The operand that is not the output gradient: activations where weights or the second factor get their
  // gradient.
  const TensorKind held = weight_gradient || swapped ? TensorKind::activation : parameter;
  const MatrixView trace_a = plain(swapped ? held : streamed, g.m, g.k, !a_transposed);
  const MatrixView trace_b = plain(swapped ? streamed : held, g.n, g.k, b_transposed);
  product.a = swapped ? trace_a : trace_b;
  product.b = swapped ? trace_b : trace_a;
  product.rows = swapped ? g.m : g.n;
  product.columns = swapped ? g.n : g.m;
  const TensorKind result = forward                                ? TensorKind::activation
                            : weight_gradient && operation.weights ? TensorKind::gradient
                                                                   : TensorKind::error;
  product.out = plain(result, product.rows, product.columns, swapped);
  return {product};
}

}  // namespace

std::int64_t Contraction::vectors(Packing packing, std::int64_t size) const {
  return packing == Packing::channel ? ceil_div(channels, size) * taps : ceil_div(channels * taps, size);
}

std::int64_t Contraction::useful_elements(Packing packing, std::int64_t size, std::int64_t first_vector,
                                          std::int64_t count) const {
  if (packing == Packing::flat) {
    const std::int64_t end = std::min((first_vector + count) * size, channels * taps);
    return std::max<std::int64_t>(0, end - first_vector * size);
  }
  if (taps == 0) return 0;
  // Full chunks, less what the last chunk lacks.
  const std::int64_t last_chunk = channels / size * taps;  // first vector of a partial chunk
  const std::int64_t end = std::min(first_vector + count, vectors(packing, size));
  if (end <= first_vector) return 0;
  const std::int64_t partial = std::max<std::int64_t>(0, end - std::max(first_vector, last_chunk));
  return (end - first_vector - partial) * size + partial * (channels % size);
}

Contraction::Element Contraction::element(Packing packing, std::int64_t size, std::int64_t vector,
                                          std::int64_t lane) const {
  if (packing == Packing::flat) {
    const std::int64_t index = vector * size + lane;
    if (index >= channels * taps) return {0, 0, true};
    return {index / taps, index % taps, false};
  }
  if (taps == 0) return {0, 0, true};
  const std::int64_t channel = vector / taps * size + lane;
  if (channel >= channels) return {0, 0, true};
  return {channel, vector % taps, false};
}

std::int64_t Product::offset(const MatrixView& view, std::int64_t group, std::int64_t row,
                             std::int64_t channel, std::int64_t tap) {
  Place place;
  place.offset = view.base + group * view.group_stride;
  const auto taps = static_cast<std::int64_t>(view.taps.size());
  if (view.rows == IndexKind::channel_tap) {
    add_index(view, view.rows, row / taps, row % taps, place);
  } else {
    add_index(view, view.rows, row, 0, place);
  }
  add_index(view, view.contraction, channel, tap, place);
  if (place.y < 0 || place.y >= view.tensor_height || place.x < 0 || place.x >= view.tensor_width) return -1;
  return place.offset + place.y * view.y_stride + place.x * view.x_stride;
}

std::vector<Product> products_of(const TraceOperation& operation) {
  if (operation.conv) return conv_products(*operation.conv, operation.pass);
  return matrix_products(operation);
}

}  // namespace lnsim
