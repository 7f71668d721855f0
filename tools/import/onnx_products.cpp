// Convolutions and matrix products of an ONNX graph.
#include <algorithm>
#include <array>
#include <span>

#include "sim/run/trace/trace_formulas.h"
#include "sim/run/workload/iteration_lines.h"
#include "tools/import/image_shape.h"
#include "tools/import/onnx_derivation.h"
#include "tools/import/transposed_convolution.h"

namespace lnsim::onnx {

namespace {

constexpr std::array<std::string_view, 4> kProducts{"Conv", "ConvTranspose", "Gemm", "MatMul"};
constexpr std::string_view kDoNotFit = "unknown shapes, or shapes that do not fit";

std::vector<TraceOperation> one(TraceOperation line) {
  return {std::move(line)};
}

// Two numbers of an attribute, of which a one-dimensional operator has the second.
std::array<std::int64_t, 2> pair_of(const Node& node, const char* name, std::int64_t otherwise) {
  const auto found = node.integers.find(name);
  if (found == node.integers.end() || found->second.empty()) return {otherwise, otherwise};
  const auto& list = found->second;
  return list.size() == 1 ? std::array{otherwise, list[0]} : std::array{list[0], list[1]};
}

// Rows and columns of padding, before and after together; nothing when the attribute makes no sense.
std::optional<std::array<std::int64_t, 2>> padding_of(const Node& node, const ConvDims& d) {
  const auto automatic = node.texts.find("auto_pad");
  const bool same = automatic != node.texts.end() && automatic->second.starts_with("SAME");
  const auto wanted = [](std::int64_t in, std::int64_t out, std::int64_t filter, std::int64_t stride,
                         std::int64_t dilation) {
    return std::max<std::int64_t>(0, (out - 1) * stride + dilation * (filter - 1) + 1 - in);
  };
  if (same) {
    return std::array{wanted(d.h, d.p, d.r, d.stride[0], d.dilation[0]),
                      wanted(d.w, d.q, d.s, d.stride[1], d.dilation[1])};
  }
  const auto found = node.integers.find("pads");
  if (found == node.integers.end() || found->second.empty()) return std::array<std::int64_t, 2>{0, 0};
  const auto& pads = found->second;
  const bool right = (pads.size() == 2 || pads.size() == 4) &&
                     std::all_of(pads.begin(), pads.end(),
                                 [](std::int64_t pad) { return pad >= 0 && pad <= std::int64_t{1} << 31; });
  if (!right) return std::nullopt;
  if (pads.size() == 2) return std::array<std::int64_t, 2>{0, pads[0] + pads[1]};
  return std::array{pads[0] + pads[2], pads[1] + pads[3]};
}

// The native trace pads both sides alike. Where that gives another output, padding becomes part of the input.
void put_padding(std::int64_t total, std::int64_t out, std::int64_t filter, std::int64_t stride,
                 std::int64_t dilation, std::int64_t& in, std::int64_t& pad) {
  pad = (total + 1) / 2;
  if (conv_output_extent(in, filter, stride, pad, dilation) == out) return;
  pad = 0;
  in += total;
}

bool are_positive(const std::array<std::int64_t, 2>& values) {
  return std::all_of(values.begin(), values.end(),
                     [](std::int64_t value) { return value >= 1 && value <= std::int64_t{1} << 31; });
}

// Extents and attributes, padding still to be put; nothing when they do not fit.
std::optional<ConvDims> conv_of(const Graph& graph, const Node& node) {
  const auto& x_shape = shape_of(graph, node.input(0));
  const auto& w_shape = shape_of(graph, node.input(1));
  const auto& y_shape = shape_of(graph, node.output(0));
  if (!x_shape || !w_shape || !y_shape) return std::nullopt;
  const Shape x = as_image(*x_shape);
  const Shape w = as_image(*w_shape);
  const Shape y = as_image(*y_shape);
  if (x.size() != 4 || w.size() != 4 || y.size() != 4 || x[0] != y[0]) return std::nullopt;
  ConvDims d;
  d.n = x[0], d.c = x[1], d.h = x[2], d.w = x[3];
  d.k = y[1], d.p = y[2], d.q = y[3];
  d.r = w[2], d.s = w[3];
  d.groups = node.integer("group", 1);
  d.stride = pair_of(node, "strides", 1);
  d.dilation = pair_of(node, "dilations", 1);
  const bool possible = d.groups > 0 && d.c % d.groups == 0 && d.k % d.groups == 0 &&
                        are_positive(d.stride) && are_positive(d.dilation) && element_count(x) &&
                        element_count(w) && element_count(y) && conv_macs(d);
  return possible ? std::optional(d) : std::nullopt;
}

bool has_three_dimensions(const Graph& graph, const Node& node) {
  const auto& x = shape_of(graph, node.input(0));
  return x && x->size() > 4;
}

Derivation derive_convolution(const Graph& graph, const Node& node) {
  if (has_three_dimensions(graph, node)) return leave_out(graph, node, "more than 2 dimensions");
  auto dims = conv_of(graph, node);
  const auto padding = dims ? padding_of(node, *dims) : std::nullopt;
  if (!padding) return leave_out(graph, node, kDoNotFit);
  ConvDims& d = *dims;
  put_padding((*padding)[0], d.p, d.r, d.stride[0], d.dilation[0], d.h, d.pad[0]);
  put_padding((*padding)[1], d.q, d.s, d.stride[1], d.dilation[1], d.w, d.pad[1]);
  const Shape w = as_image(*shape_of(graph, node.input(1)));
  const bool fits = w[0] == d.k && w[1] == d.c / d.groups &&
                    conv_output_extent(d.h, d.r, d.stride[0], d.pad[0], d.dilation[0]) == d.p &&
                    conv_output_extent(d.w, d.s, d.stride[1], d.pad[1], d.dilation[1]) == d.q;
  if (!fits) return leave_out(graph, node, kDoNotFit);
  Derivation derivation;
  derivation.forward.push_back(conv_line(node.name, d, Pass::forward));
  derivation.gradients.push_back({node.input(0), one(conv_line(node.name, d, Pass::input_gradient))});
  derivation.gradients.push_back({node.input(1), one(conv_line(node.name, d, Pass::weight_gradient))});
  return derivation;
}

Derivation derive_transposed_convolution(const Graph& graph, const Node& node) {
  if (has_three_dimensions(graph, node)) return leave_out(graph, node, "more than 2 dimensions");
  const auto& x = shape_of(graph, node.input(0));
  const auto& w = shape_of(graph, node.input(1));
  const auto& y = shape_of(graph, node.output(0));
  const auto layer =
      x && w && y ? transposed_convolution(as_image(*x), as_image(*w), as_image(*y), node.integer("group", 1))
                  : std::nullopt;
  if (!layer) return leave_out(graph, node, kDoNotFit);
  Derivation derivation;
  derivation.forward.push_back(batched_line(node.name, layer->gemm, Pass::forward, true));
  if (!layer->taps.empty())
    derivation.forward.push_back(vector_line(node.name, "add", Pass::forward, layer->taps));
  derivation.gradients.push_back(
      {node.input(0), one(batched_line(node.name, layer->gemm, Pass::input_gradient, true))});
  derivation.gradients.push_back(
      {node.input(1), one(batched_line(node.name, layer->gemm, Pass::weight_gradient, true))});
  return derivation;
}

Derivation linear_layer(const Graph& graph, const Node& node, const LinearDims& dims, std::size_t x,
                        std::size_t w) {
  if (!gemm_macs({1, dims.rows, dims.outputs, dims.inputs})) return leave_out(graph, node, kDoNotFit);
  Derivation derivation;
  derivation.forward.push_back(linear_line(node.name, dims, Pass::forward));
  derivation.gradients.push_back({x, one(linear_line(node.name, dims, Pass::input_gradient))});
  derivation.gradients.push_back({w, one(linear_line(node.name, dims, Pass::weight_gradient))});
  return derivation;
}

Derivation batched_product(const Graph& graph, const Node& node, const GemmDims& gemm) {
  if (!gemm_macs(gemm)) return leave_out(graph, node, kDoNotFit);
  const bool weights = is_weight(graph, node.input(1));
  Derivation derivation;
  derivation.forward.push_back(batched_line(node.name, gemm, Pass::forward, weights));
  derivation.gradients.push_back(
      {node.input(0), one(batched_line(node.name, gemm, Pass::input_gradient, weights))});
  derivation.gradients.push_back(
      {node.input(1), one(batched_line(node.name, gemm, Pass::weight_gradient, weights))});
  return derivation;
}

// The third operand is part of the product; its gradient is a sum where it was broadcast.
Derivation with_bias(Derivation derivation, const Graph& graph, const Node& node) {
  const auto& y = shape_of(graph, node.output(0));
  if (node.input(2) != kNoValue && derivation.unmapped.empty() && y)
    derivation.gradients.push_back({node.input(2), sum_if_broadcast(graph, node, node.input(2), *y)});
  return derivation;
}

// y = op(A) op(B) + C of matrices.
Derivation derive_gemm(const Graph& graph, const Node& node) {
  const auto& a = shape_of(graph, node.input(0));
  const auto& b = shape_of(graph, node.input(1));
  if (!a || !b || a->size() != 2 || b->size() != 2) return leave_out(graph, node, kDoNotFit);
  const bool a_transposed = node.integer("transA", 0) != 0;
  const bool b_transposed = node.integer("transB", 0) != 0;
  const GemmDims gemm{1, (*a)[a_transposed ? 1 : 0], (*b)[b_transposed ? 0 : 1], (*a)[a_transposed ? 0 : 1]};
  if ((*b)[b_transposed ? 1 : 0] != gemm.k) return leave_out(graph, node, kDoNotFit);
  return is_weight(graph, node.input(1))
             ? linear_layer(graph, node, {gemm.m, gemm.k, gemm.n}, node.input(0), node.input(1))
         : is_weight(graph, node.input(0))
             ? linear_layer(graph, node, {gemm.n, gemm.k, gemm.m}, node.input(1), node.input(0))
             : batched_product(graph, node, gemm);
}

// The extents in front of the last two, multiplied; nothing beyond 2^62.
std::optional<std::int64_t> batch_of(const Shape& shape) {
  return element_count(std::span(shape).first(shape.size() - 2));
}

// A [.., M, K] B [.., K, N] with leading extents broadcast. An operand without a batch of its own is read
// once: the other's batch then belongs to its rows, or columns.
Derivation derive_matmul(const Graph& graph, const Node& node) {
  const auto& a_shape = shape_of(graph, node.input(0));
  const auto& b_shape = shape_of(graph, node.input(1));
  const auto& y_shape = shape_of(graph, node.output(0));
  if (!a_shape || !b_shape || !y_shape || a_shape->empty() || b_shape->empty())
    return leave_out(graph, node, kDoNotFit);
  Shape a = *a_shape;
  Shape b = *b_shape;
  if (a.size() == 1) a.insert(a.begin(), 1);
  if (b.size() == 1) b.push_back(1);
  const std::int64_t m = a[a.size() - 2];
  const std::int64_t k = a.back();
  const std::int64_t n = b.back();
  const auto a_batch = batch_of(a);
  const auto b_batch = batch_of(b);
  const auto y_elements = element_count(*y_shape);
  if (b[b.size() - 2] != k || !a_batch || !b_batch || !y_elements || *y_elements % (m * n) != 0)
    return leave_out(graph, node, kDoNotFit);
  const std::int64_t batch = *y_elements / (m * n);
  if (b.size() == 2 && is_weight(graph, node.input(1)))
    return linear_layer(graph, node, {batch * m, k, n}, node.input(0), node.input(1));
  if (a.size() == 2 && is_weight(graph, node.input(0)))
    return linear_layer(graph, node, {batch * n, k, m}, node.input(1), node.input(0));
  if (*a_batch == batch) return batched_product(graph, node, {*b_batch, batch / *b_batch * m, n, k});
  if (*b_batch == batch) return batched_product(graph, node, {*a_batch, m, batch / *a_batch * n, k});
  Derivation derivation = batched_product(graph, node, {batch, m, n, k});
  if (!derivation.unmapped.empty()) return derivation;
  const auto add_sum = [&](std::size_t position, std::int64_t rows, std::int64_t columns) {
    derivation.gradients[position].lines.push_back(
        vector_line(node.name, "sum", Pass::backward, {batch, rows, columns}));
  };
  add_sum(0, m, k);
  add_sum(1, k, n);
  return derivation;
}

}  // namespace

bool is_product(const std::string& op) {
  return std::find(kProducts.begin(), kProducts.end(), op) != kProducts.end();
}

Derivation derive_product(const Graph& graph, const Node& node) {
  Derivation (*derive_without_bias)(const Graph&, const Node&) = node.op == "Conv" ? derive_convolution
                                                                 : node.op == "ConvTranspose"
                                                                     ? derive_transposed_convolution
                                                                 : node.op == "Gemm" ? derive_gemm
                                                                                     : derive_matmul;
  return with_bias(derive_without_bias(graph, node), graph, node);
}

}  // namespace lnsim::onnx
