#include "sim/run/compile/operators.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "sim/base/errors.h"

namespace lnsim {
namespace {

using enum TensorKind;

constexpr std::array<std::string_view, 4> kProducts{"conv2d", "linear", "matmul", "bmm"};
constexpr std::string_view kUpdate = "update";

// Tensors read or written together. Parameters of normalisations and masks of a bit per element are left out.
constexpr std::array<TensorUse, 0> kNothing{};
constexpr std::array<TensorUse, 1> kA{{{activation, 1}}};
constexpr std::array<TensorUse, 1> kE{{{error, 1}}};
constexpr std::array<TensorUse, 1> kG{{{gradient, 1}}};
constexpr std::array<TensorUse, 1> kW{{{weight, 1}}};
constexpr std::array<TensorUse, 2> kAA{{{activation, 1}, {activation, 1}}};
constexpr std::array<TensorUse, 2> kAE{{{activation, 1}, {error, 1}}};
constexpr std::array<TensorUse, 2> kEE{{{error, 1}, {error, 1}}};
constexpr std::array<TensorUse, 3> kAAE{{{activation, 1}, {activation, 1}, {error, 1}}};
// Pooling: traces give the input's shape only; windows of 2 x 2 that do not overlap are assumed, and for
// adaptive pooling 8 x 8.
constexpr std::array<TensorUse, 1> kPooledA{{{activation, 4}}};
constexpr std::array<TensorUse, 1> kPooledE{{{error, 4}}};
constexpr std::array<TensorUse, 2> kAPooledE{{{activation, 1}, {error, 4}}};
constexpr std::array<TensorUse, 1> kAveragedA{{{activation, 64}}};
constexpr std::array<TensorUse, 1> kAveragedE{{{error, 64}}};

template <std::uint32_t operations, const auto& reads, const auto& writes>
inline constexpr std::array<VectorSweep, 1> kSweep{{{operations, reads, writes}}};

constexpr std::array<VectorSweep, 2> kNormForward{{{3, kA, kNothing}, {2, kA, kA}}};
constexpr std::array<VectorSweep, 2> kNormBackward{{{4, kAE, kNothing}, {5, kAE, kE}}};

constexpr Pass kF = Pass::forward;
constexpr Pass kB = Pass::backward;

constexpr auto kVectorOperators = std::to_array<VectorOperator>({
    {"batch_norm", kF, kNormForward, "sweep 1: sum and sum of squares; sweep 2: scale and shift"},
    {"batch_norm", kB, kNormBackward, "sweep 1: sums of dy and dy * x; sweep 2: dx from them"},
    {"group_norm", kF, kNormForward, "as batch_norm: a group does not fit a PE"},
    {"group_norm", kB, kNormBackward, "as batch_norm"},
    {"layer_norm", kF, (kSweep<5, kA, kA>), "sum, sum of squares, scale, shift; a row stays in its PE"},
    {"layer_norm", kB, (kSweep<9, kAE, kE>), "two row sums (4) and dx (5); a row stays in its PE"},
    {"relu", kF, (kSweep<1, kA, kA>), "compare"},
    {"relu", kB, (kSweep<1, kAE, kE>), "select by the sign of the activation"},
    {"gelu", kF, (kSweep<8, kA, kA>), "cube, tanh by table, multiply"},
    {"gelu", kB, (kSweep<10, kAE, kE>), "its derivative, multiply"},
    {"tanh", kF, (kSweep<4, kA, kA>), "table and interpolation"},
    {"tanh", kB, (kSweep<3, kAE, kE>), "dy (1 - y y)"},
    {"sigmoid", kF, (kSweep<4, kA, kA>), "table and interpolation"},
    {"sigmoid", kB, (kSweep<3, kAE, kE>), "dy y (1 - y)"},
    {"silu", kF, (kSweep<5, kA, kA>), "sigmoid, multiply"},
    {"silu", kB, (kSweep<8, kAE, kE>), "sigmoid and its derivative, multiply"},
    {"softmax", kF, (kSweep<7, kA, kA>),
     "maximum, subtract, exponential (3), sum, multiply; a row stays in its PE"},
    {"softmax", kB, (kSweep<4, kAE, kE>), "row sum of y dy (2), subtract, multiply"},
    {"log_softmax", kF, (kSweep<7, kA, kA>), "maximum, subtract, exponential (3), sum, subtract"},
    {"log_softmax", kB, (kSweep<6, kAE, kE>), "row sum, exponential (3), multiply, subtract"},
    {"max_pool", kF, (kSweep<1, kA, kPooledA>), "compare"},
    {"max_pool", kB, (kSweep<1, kAPooledE, kE>), "select"},
    {"max_pool2d", kF, (kSweep<1, kA, kPooledA>), "compare"},
    {"max_pool2d", kB, (kSweep<1, kAPooledE, kE>), "select"},
    {"avg_pool", kF, (kSweep<1, kA, kPooledA>), "add"},
    {"avg_pool", kB, (kSweep<1, kPooledE, kE>), "multiply"},
    {"avg_pool2d", kF, (kSweep<1, kA, kPooledA>), "add"},
    {"avg_pool2d", kB, (kSweep<1, kPooledE, kE>), "multiply"},
    {"adaptive_avg_pool2d", kF, (kSweep<1, kA, kAveragedA>), "add"},
    {"adaptive_avg_pool2d", kB, (kSweep<1, kAveragedE, kE>), "multiply"},
    {"add", kF, (kSweep<1, kAA, kA>), "add"},
    {"add", kB, (kSweep<1, kEE, kE>), "add the gradients of two uses"},
    {"sub", kF, (kSweep<1, kAA, kA>), "subtract"},
    {"sub", kB, (kSweep<1, kE, kE>), "negate"},
    {"mul", kF, (kSweep<1, kAA, kA>), "multiply"},
    {"mul", kB, (kSweep<2, kAAE, kEE>), "dy b and dy a"},
    {"div", kF, (kSweep<4, kAA, kA>), "reciprocal (3), multiply"},
    {"div", kB, (kSweep<6, kAAE, kEE>), "reciprocal (3), three multiplications"},
    {"scale", kF, (kSweep<1, kA, kA>), "multiply by a constant"},
    {"scale", kB, (kSweep<1, kE, kE>), "multiply by a constant"},
    {"dropout", kF, (kSweep<2, kA, kA>), "random bit, multiply"},
    {"dropout", kB, (kSweep<1, kE, kE>), "multiply"},
    {"embedding", kF, (kSweep<1, kW, kA>), "gather; every row is read where it is used"},
    {"embedding", kB, (kSweep<1, kE, kG>), "add to the rows' gradients"},
    {"cross_entropy", kF, (kSweep<7, kA, kNothing>), "as log_softmax; one number per row"},
    {"cross_entropy", kB, (kSweep<6, kA, kE>), "softmax less target"},
    {"loss", kF, (kSweep<7, kA, kNothing>),
     "as cross_entropy, the dearest loss that is not named in a trace"},
    {"loss", kB, (kSweep<6, kA, kE>), "as cross_entropy"},
    {"nll_loss", kF, (kSweep<1, kA, kNothing>), "select and add"},
    {"nll_loss", kB, (kSweep<1, kNothing, kE>), "write the targets' gradients among zeros"},
    {"mse_loss", kF, (kSweep<3, kAA, kNothing>), "subtract, square, add"},
    {"mse_loss", kB, (kSweep<2, kAA, kE>), "subtract, multiply"},
    {"sum", kF, (kSweep<1, kA, kNothing>), "add; the result is small"},
    {"sum", kB, (kSweep<1, kNothing, kE>), "broadcast"},
    {"mean", kF, (kSweep<1, kA, kNothing>), "add; the result is small"},
    {"mean", kB, (kSweep<1, kNothing, kE>), "broadcast"},
    {"reduce", kF, (kSweep<1, kA, kNothing>), "add or compare; the result is small"},
    {"reduce", kB, (kSweep<1, kNothing, kE>), "broadcast"},
    {"copy", kF, (kSweep<1, kA, kA>), "move"},
    {"copy", kB, (kSweep<1, kE, kE>), "move"},
    {"transpose", kF, (kSweep<1, kA, kA>), "move"},
    {"transpose", kB, (kSweep<1, kE, kE>), "move"},
    {"cat", kF, (kSweep<1, kA, kA>), "move"},
    {"cat", kB, (kSweep<1, kE, kE>), "move"},
});

}  // namespace

std::span<const VectorOperator> vector_operators() {
  return kVectorOperators;
}

std::vector<std::string> operator_names() {
  std::vector<std::string> names(kProducts.begin(), kProducts.end());
  for (const VectorOperator& row : kVectorOperators) {
    if (row.pass == Pass::forward) names.emplace_back(row.name);
  }
  names.emplace_back(kUpdate);
  return names;
}

OperatorKind operator_kind(const TraceOperation& operation, const Trace& trace) {
  if (operation.op == kUpdate) return OperatorKind::update;
  if (std::find(kProducts.begin(), kProducts.end(), operation.op) != kProducts.end())
    return OperatorKind::product;
  for (const VectorOperator& row : kVectorOperators) {
    if (row.name == operation.op) return OperatorKind::vector;
  }
  const std::vector<std::string> names = operator_names();
  const std::string near = nearest_name(operation.op, names);
  throw UserError(Diagnostic{{trace.path.string(), operation.line, 0},
                             "op",
                             operation.op,
                             near.empty() ? fmt::format("one of {}", fmt::join(names, ", "))
                                          : fmt::format("a known operator (did you mean {}?)", near)});
}

const VectorOperator& vector_operator(const TraceOperation& operation, const Trace& trace) {
  for (const VectorOperator& row : kVectorOperators) {
    if (row.name == operation.op && row.pass == operation.pass) return row;
  }
  throw UserError(Diagnostic{{trace.path.string(), operation.line, 0},
                             "pass",
                             std::string(kTracePassNames[static_cast<std::size_t>(operation.pass)]),
                             fmt::format("fwd or bwd for {}", operation.op)});
}

}  // namespace lnsim
