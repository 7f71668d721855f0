// An operation with multiplications, as matrix products over views of its tensors: out[g, row, column] = sum
// over the contraction of A[g, row, .] * B[g, column, .]. Nothing is copied: a convolution's operand is a
// window that slides over the tensor, and only the elements it touches are moved.
//
// Roles follow the machine: A is the stationary operand and gives the output rows, B streams and gives the
// output columns.
//   forward          A = weights (rows: output channels)        B = activations      (columns: output pixels)
//   input gradient   A = weights (rows: input channels)         B = output gradients (columns: input pixels)
//   weight gradient  A = activations (rows: channel x tap)      B = output gradients (columns: output
//   channels)
// A strided convolution's input gradient is one product per stride phase: the input pixels of a phase see the
// same taps, so no slot is spent on taps that never meet a gradient. A phase without taps has no contraction;
// its outputs are zeros.
#pragma once

#include <cstdint>
#include <vector>

#include "models/parameters.h"
#include "sim/run/trace/trace.h"

namespace lnsim {

// Which tensor kind an operand or result is: decides its format.
enum class TensorKind : std::uint8_t { weight, activation, error, gradient, update, moment };

// A displacement of a window, and where the tap stands in a filter tensor.
struct Tap {
  std::int32_t y = 0;
  std::int32_t x = 0;
  std::int64_t filter_offset = 0;  // elements from the start of a filter's (k, c) plane: r * S + s
};

// What an index of a matrix stands for in the tensor behind it.
enum class IndexKind : std::uint8_t {
  line,         // a plain index: index * line_stride
  channel_tap,  // index = channel * taps + tap (rows), or (channel, tap) of the contraction
  pixel         // index = (image * height + y) * width + x over the view's pixel grid
};

// A matrix [group][row][contraction] laid over a tensor in C order. The offset of an element is
//   base + group * group_stride + line * line_stride + channel * channel_stride + tap.filter_offset *
//   tap_stride
//        + image * image_stride + Y * y_stride + X * x_stride,   Y = y * step_y + tap.y,  X = x * step_x +
//        tap.x
// with the terms of the index kinds that occur; outside 0 <= Y < tensor_height, 0 <= X < tensor_width the
// element is zero padding.
struct MatrixView {
  TensorKind kind = TensorKind::activation;
  IndexKind rows = IndexKind::line;  // A: output rows; B: output columns
  IndexKind contraction = IndexKind::line;
  std::int64_t base = 0;
  std::int64_t group_stride = 0, line_stride = 0, channel_stride = 0, tap_stride = 0;
  std::int64_t image_stride = 0, y_stride = 0, x_stride = 0;
  std::int64_t grid_height = 1, grid_width = 1;  // pixel grid
  std::int32_t step_y = 1, step_x = 1;
  std::int64_t tensor_height = 1, tensor_width = 1;  // bounds of Y and X
  std::vector<Tap> taps{Tap{}};
};

// The contraction: `channels` x `taps`, cut into vectors.
struct Contraction {
  std::int64_t channels = 1;
  std::int64_t taps = 1;

  // Vectors of `size` elements. Packing::channel: for each chunk of `size` channels, one vector per tap, so
  // that the taps of a chunk follow each other and share their window. Packing::flat: index channel * taps +
  // tap, cut every `size`.
  std::int64_t vectors(Packing packing, std::int64_t size) const;
  std::int64_t useful_elements(Packing packing, std::int64_t size, std::int64_t first_vector,
                               std::int64_t count) const;
  struct Element {
    std::int64_t channel, tap;
    bool padding;
  };
  Element element(Packing packing, std::int64_t size, std::int64_t vector, std::int64_t lane) const;
};

// The operands of a trace line: its product is out = a * b.
enum class TraceOperand : std::uint8_t { a, b };

struct Product {
  // The operand of the trace line that A is laid over; B is laid over the other one.
  TraceOperand stationary = TraceOperand::b;
  std::int64_t groups = 1;
  std::int64_t rows = 1;
  std::int64_t columns = 1;
  Contraction contraction;
  MatrixView a;
  MatrixView b;
  // Where out[g, row, column] lands in the result tensor: `rows` and `contraction` of this view are the
  // output's row and column index (a column may be a pixel; a row a channel_tap).
  MatrixView out;
  // Multiply-accumulates that meet padding or, in a phase, nothing are not counted: this is the closed
  // formula's share.
  std::uint64_t macs = 0;

  // Offset into the tensor, or -1 for padding. `channel` and `tap` as Contraction::element gives them. For
  // `out`, `channel` is the column and `tap` is 0.
  static std::int64_t offset(const MatrixView& view, std::int64_t group, std::int64_t row,
                             std::int64_t channel, std::int64_t tap);
};

// The products of a traced conv2d, linear, matmul or bmm in its pass; MACs of all products add up to the
// operation's. Each element of the result belongs to exactly one product. Throws ModelError for an operation
// that is none of these.
std::vector<Product> products_of(const TraceOperation& operation);

}  // namespace lnsim
