// Convolutions and matrix products of a training step, and which gradient each backward product computes.
#include <fmt/format.h>

#include <array>

#include "sim/run/trace/trace_formulas.h"
#include "tools/import/image_shape.h"
#include "tools/import/pytorch_step.h"

namespace lnsim::pytorch {

namespace {

// out[b, m, n] = A[b, m, k] B[b, k, n] of two operands with two or three extents; nothing when they do not
// fit or are empty.
std::optional<GemmDims> gemm_of(const TensorUse& a, const TensorUse& b) {
  const std::size_t rank = a.shape.size();
  if (rank != b.shape.size() || (rank != 2 && rank != 3)) return std::nullopt;
  const bool batched = rank == 3;
  const std::size_t row = batched ? 1 : 0;
  if (a.shape[row + 1] != b.shape[row] || (batched && a.shape[0] != b.shape[0])) return std::nullopt;
  const GemmDims gemm{batched ? a.shape[0] : 1, a.shape[row], b.shape[row + 1], a.shape[row + 1]};
  if (!gemm_macs(gemm)) return std::nullopt;
  return gemm;
}

// The products of the three passes from the forward one: the first operand's gradient is dY B^T, the second's
// A^T dY. A layer keeps its weights as [out, in], so its second gradient is dY^T A.
GemmDims gradient_gemm(const GemmDims& forward, bool first_operand, bool linear) {
  if (first_operand) return {forward.batch, forward.m, forward.k, forward.n};
  if (linear) return {forward.batch, forward.n, forward.k, forward.m};
  return {forward.batch, forward.k, forward.n, forward.m};
}

// The same product, whichever of the two results is the transposed one.
bool is_same_product(const GemmDims& a, const GemmDims& b) {
  return a.batch == b.batch && a.k == b.k && ((a.m == b.m && a.n == b.n) || (a.m == b.n && a.n == b.m));
}

std::array<std::int64_t, 2> pair_of(const std::vector<std::int64_t>& values, std::int64_t before) {
  return values.size() == 1 ? std::array{before, values[0]} : std::array{values[0], values[1]};
}

struct ConvArguments {
  std::size_t x, w, stride;  // positions; pad, dilation, transposed, output padding and groups follow stride
};

// Nothing for what the native trace has no operator for; `why` then says what.
std::optional<ConvDims> conv_of(const Node& node, const ConvArguments& at, const TensorUse& y,
                                std::string& why) {
  const auto x_shape = as_image(node.input_tensor(at.x).shape);
  const auto w_shape = as_image(node.input_tensor(at.w).shape);
  const auto y_shape = as_image(y.shape);
  const auto stride = node.integers(at.stride);
  const auto pad = node.integers(at.stride + 1);
  const auto dilation = node.integers(at.stride + 2);
  const std::int64_t groups = node.integer(at.stride + 5);
  const auto is_pair = [](const std::vector<std::int64_t>& list) {
    return list.size() == 1 || list.size() == 2;
  };
  if (x_shape.size() != 4 || w_shape.size() != 4 || y_shape.size() != 4 || !is_pair(stride) ||
      !is_pair(pad) || !is_pair(dilation)) {
    why = "not 1 or 2 dimensions";
    return std::nullopt;
  }
  ConvDims d;
  d.n = x_shape[0], d.c = x_shape[1], d.h = x_shape[2], d.w = x_shape[3];
  d.k = w_shape[0], d.r = w_shape[2], d.s = w_shape[3];
  d.p = y_shape[2], d.q = y_shape[3];
  d.groups = groups;
  d.stride = pair_of(stride, 1);
  d.pad = pair_of(pad, 0);
  d.dilation = pair_of(dilation, 1);
  const bool possible = groups > 0 && d.stride[0] > 0 && d.stride[1] > 0 && d.dilation[0] > 0 &&
                        d.dilation[1] > 0 && d.c % groups == 0 && d.k % groups == 0 &&
                        w_shape[1] == d.c / groups && y_shape[0] == d.n && y_shape[1] == d.k &&
                        element_count(x_shape) && conv_macs(d) &&
                        conv_output_extent(d.h, d.r, d.stride[0], d.pad[0], d.dilation[0]) == d.p &&
                        conv_output_extent(d.w, d.s, d.stride[1], d.pad[1], d.dilation[1]) == d.q;
  if (!possible) {
    why = "shapes that do not fit";
    return std::nullopt;
  }
  return d;
}

}  // namespace

bool StepImporter::import_product(std::size_t i) {
  const Node& node = nodes_[i];
  const bool backward = contexts_[i].backward;
  if (node.name == "aten::convolution") {
    convolution(i);
  } else if (node.name == "aten::convolution_backward") {
    convolution_backward(i);
  } else if (node.name == "aten::mm" || node.name == "aten::bmm") {
    backward ? backward_gemm(i) : forward_gemm(i, 0);
  } else if (node.name == "aten::addmm" || node.name == "aten::baddbmm") {
    backward ? backward_gemm(i) : forward_gemm(i, 1);
  } else if (is_fused_attention(node.name)) {
    fused_attention(i);
  } else if (is_fused_attention_backward(node.name)) {
    fused_attention_backward(i);
  } else {
    return false;
  }
  return true;
}

void StepImporter::append_gemm(const std::string& layer, std::string_view op, Pass pass, GemmDims gemm,
                               const Context& context) {
  TraceOperation& operation = append(layer, op, pass, context);
  operation.gemm = gemm;
  operation.macs = *gemm_macs(gemm);
  operation.weights = op == "linear";
  if (op == "linear") {
    operation.b_transposed = pass == Pass::forward;
    operation.a_transposed = pass == Pass::weight_gradient;
  } else if (pass != Pass::forward) {
    operation.operand = pass == Pass::input_gradient ? "a" : "b";
    operation.b_transposed = pass == Pass::input_gradient;
    operation.a_transposed = pass == Pass::weight_gradient;
  }
}

void StepImporter::convolution(std::size_t i) {
  const Node& node = nodes_[i];
  if (node.boolean(6)) return transposed_convolution(i);
  std::string why;
  const auto dims = conv_of(node, {0, 1, 3}, node.output_tensor(0), why);
  if (!dims) return leave_out(i, why);
  Context context = contexts_[i];
  context.sequence = node.sequence;
  TraceOperation& op = append(new_layer("conv2d"), "conv2d", Pass::forward, context);
  op.conv = *dims;
  op.gemm = conv_gemm(*dims, Pass::forward);
  op.macs = *conv_macs(*dims);
}

void StepImporter::convolution_backward(std::size_t i) {
  const Node& node = nodes_[i];
  if (node.boolean(7)) return transposed_convolution_backward(i);
  std::string why;
  const TensorUse dy = node.input_tensor(0);
  const auto dims = conv_of(node, {1, 2, 4}, dy, why);
  if (!dims) return leave_out(i, why);
  const TraceOperation* forward = forward_operation(contexts_[i].sequence, "conv2d");
  if (forward == nullptr || !forward->conv || *forward->conv != *dims)
    return leave_out(i, "no forward operator");
  const std::string layer = forward->layer;
  const std::vector<bool> wanted = node.booleans(10);
  const auto gradient = [&](Pass pass) {
    TraceOperation& op = append(layer, "conv2d", pass, contexts_[i]);
    op.conv = *dims;
    op.gemm = conv_gemm(*dims, pass);
    op.macs = *conv_macs(*dims);
  };
  if (!wanted.empty() && wanted[0]) gradient(Pass::input_gradient);
  if (wanted.size() > 1 && wanted[1]) {
    gradient(Pass::weight_gradient);
    const TensorUse dw = node.output_tensor(1);
    note_gradient(dw, {layer, "weight", element_count(dw.shape).value_or(0), std::nullopt});
  }
  if (wanted.size() > 2 && wanted[2]) {
    append(layer, "sum", Pass::backward, contexts_[i]).shape = dy.shape;
    note_gradient(node.output(2), {layer, "bias", dims->k, std::nullopt});
  }
}

void StepImporter::forward_gemm(std::size_t i, std::size_t first_operand) {
  const Node& node = nodes_[i];
  const TensorUse a = node.input_tensor(first_operand);
  const TensorUse b = node.input_tensor(first_operand + 1);
  const auto gemm = gemm_of(a, b);
  if (!gemm) return leave_out(i, "shapes that do not fit");
  const std::size_t linear = contexts_[i].linear;
  const std::string_view op = a.shape.size() == 3 ? "bmm" : linear == kNoNode ? "matmul" : "linear";
  const std::string layer = new_layer(op);
  if (linear != kNoNode) linear_layers_.emplace(linear, layer);
  Context context = contexts_[i];
  context.sequence = node.sequence;
  products_.insert_or_assign(node.sequence, Product{operations_.size(), a, b});
  append_gemm(layer, op, Pass::forward, *gemm, context);
}

// Which operand's gradient the node computes: the one that reads the other operand. Where that does not tell
// (both are one tensor, or were copied), the extents; where those do not, the order in which the function
// computes them.
std::optional<StepImporter::Operand> StepImporter::gradient_of(const Product& product, const Node& node,
                                                               const Node& function) const {
  const std::size_t first = node.name == "aten::addmm" || node.name == "aten::baddbmm" ? 1 : 0;
  const TensorUse left = node.input_tensor(first);
  const TensorUse right = node.input_tensor(first + 1);
  const auto gemm = gemm_of(left, right);
  if (!gemm) return std::nullopt;
  const GemmDims& forward = *operations_[product.operation].gemm;
  const bool fits_a = is_same_product(*gemm, gradient_gemm(forward, true, false));
  const bool fits_b = is_same_product(*gemm, gradient_gemm(forward, false, false));
  if (fits_a != fits_b) return fits_a ? Operand::a : Operand::b;
  if (!fits_a) return std::nullopt;
  const bool reads_a = left.same_place(product.a) || right.same_place(product.a);
  const bool reads_b = left.same_place(product.b) || right.same_place(product.b);
  if (reads_a != reads_b) return reads_b ? Operand::a : Operand::b;
  const bool a_first = function.has_prefix("Addmm");
  return (product.gradients_seen == 0) == a_first ? Operand::a : Operand::b;
}

void StepImporter::backward_gemm(std::size_t i) {
  const Context& context = contexts_[i];
  const auto found = products_.find(context.sequence);
  if (context.function == kNoNode || context.sequence < 0 || found == products_.end()) {
    return leave_out(i, "no forward operator");
  }
  Product& product = found->second;
  const auto operand = gradient_of(product, nodes_[i], nodes_[context.function]);
  if (!operand) return leave_out(i, "no gradient of its forward operator");
  ++product.gradients_seen;
  const TraceOperation& forward = operations_[product.operation];
  const bool linear = forward.op == "linear";
  const std::string layer = forward.layer;
  const std::string op = forward.op;
  const GemmDims gemm = gradient_gemm(*forward.gemm, *operand == Operand::a, linear);
  append_gemm(layer, op, *operand == Operand::a ? Pass::input_gradient : Pass::weight_gradient, gemm,
              context);
  if (*operand == Operand::b && op != "bmm") {
    const TensorUse dw = nodes_[i].output_tensor(0);
    note_gradient(dw, {layer, "weight", element_count(dw.shape).value_or(0), product.operation});
  }
}

// Queries [.., S, D], keys [.., T, D], values [.., T, E], leading extents batch and heads: two products and a
// softmax.
void StepImporter::fused_attention(std::size_t i) {
  const Node& node = nodes_[i];
  const TensorUse q = node.input_tensor(0);
  const TensorUse k = node.input_tensor(1);
  const TensorUse v = node.input_tensor(2);
  const bool right = q.shape.size() == 4 && k.shape.size() == 4 && v.shape.size() == 4;
  if (!right || q.shape[3] != k.shape[3] || k.shape[2] != v.shape[2])
    return leave_out(i, "shapes that do not fit");
  const std::int64_t batch = q.shape[0] * q.shape[1];
  const GemmDims scores{batch, q.shape[2], k.shape[2], q.shape[3]};
  const GemmDims mixed{batch, q.shape[2], v.shape[3], k.shape[2]};
  if (!gemm_macs(scores) || !gemm_macs(mixed)) return leave_out(i, "shapes that do not fit");
  Context context = contexts_[i];
  context.sequence = node.sequence;
  append_gemm(new_layer("bmm"), "bmm", Pass::forward, scores, context);
  append(new_layer("softmax"), "softmax", Pass::forward, context).shape = {batch, q.shape[2], k.shape[2]};
  append_gemm(new_layer("bmm"), "bmm", Pass::forward, mixed, context);
}

// The gradients of both products and of the softmax. The kernel computes the scores again to save memory; the
// native trace keeps them, as all activations.
void StepImporter::fused_attention_backward(std::size_t i) {
  const auto found = forward_.find(contexts_[i].sequence);
  if (contexts_[i].sequence < 0 || found == forward_.end() || found->second.size() != 3) {
    return leave_out(i, "no forward operator");
  }
  const std::vector<std::size_t> forward = found->second;
  const auto gradients = [&](std::size_t index) {
    const std::string layer = operations_[index].layer;
    const GemmDims gemm = *operations_[index].gemm;
    append_gemm(layer, "bmm", Pass::input_gradient, gradient_gemm(gemm, true, false), contexts_[i]);
    append_gemm(layer, "bmm", Pass::weight_gradient, gradient_gemm(gemm, false, false), contexts_[i]);
  };
  gradients(forward[2]);
  const std::string layer = operations_[forward[1]].layer;
  const std::vector<std::int64_t> shape = operations_[forward[1]].shape;
  append(layer, "softmax", Pass::backward, contexts_[i]).shape = shape;
  gradients(forward[0]);
}

}  // namespace lnsim::pytorch
