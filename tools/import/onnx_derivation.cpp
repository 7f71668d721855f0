#include "tools/import/onnx_derivation.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/run/trace/trace_formulas.h"
#include "sim/run/workload/iteration_lines.h"
#include "tools/import/onnx_operators.h"

namespace lnsim::onnx {

namespace {

constexpr std::string_view kUnknownShape = "unknown shape";

bool is_one_number(const Graph& graph, std::size_t value) {
  return value != kNoValue && graph.values[value].role == Role::constant && elements_of(graph, value) == 1;
}

Derivation derive_vector(const Graph& graph, const Node& node, const VectorOperator& row) {
  const auto& shape = shape_of(graph, row.shape == WorkShape::first_input ? node.input(0) : node.output(0));
  if (!shape || !element_count(*shape)) return leave_out(graph, node, kUnknownShape);
  Derivation derivation;
  const std::string native(row.native);
  derivation.forward.push_back(vector_line(node.name, native, Pass::forward, *shape));
  derivation.backward.push_back(vector_line(node.name, native, Pass::backward, *shape));
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] != kNoValue && (row.differentiable >> i & 1U) != 0)
      derivation.gradients.push_back({node.inputs[i], {}});
  }
  return derivation;
}

// Add, Sub, Mul and Div of two operands. One number beside a tensor makes it a scaling, or a sum as cheap.
Derivation derive_arithmetic(const Graph& graph, const Node& node, const std::string& native) {
  const auto& shape = shape_of(graph, node.output(0));
  if (!shape || !element_count(*shape)) return leave_out(graph, node, kUnknownShape);
  const std::size_t a = node.input(0);
  const std::size_t b = node.input(1);
  const bool by_number = is_one_number(graph, b) || (native != "div" && is_one_number(graph, a));
  const std::string op = by_number ? "scale" : native;
  Derivation derivation;
  derivation.forward.push_back(vector_line(node.name, op, Pass::forward, *shape));
  const bool passes_gradient_on = native == "add" || native == "sub";
  if (!passes_gradient_on) derivation.backward.push_back(vector_line(node.name, op, Pass::backward, *shape));
  derivation.gradients.push_back({a, sum_if_broadcast(graph, node, a, *shape)});
  derivation.gradients.push_back({b, sum_if_broadcast(graph, node, b, *shape)});
  if (native == "sub") {
    auto& lines = derivation.gradients.back().lines;
    lines.insert(lines.begin(), vector_line(node.name, "sub", Pass::backward, *shape));
  }
  return derivation;
}

// A sum of any number of tensors.
Derivation derive_sum(const Graph& graph, const Node& node) {
  const auto& shape = shape_of(graph, node.output(0));
  if (!shape || !element_count(*shape)) return leave_out(graph, node, kUnknownShape);
  Derivation derivation;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (i > 0) derivation.forward.push_back(vector_line(node.name, "add", Pass::forward, *shape));
    derivation.gradients.push_back({node.inputs[i], sum_if_broadcast(graph, node, node.inputs[i], *shape)});
  }
  return derivation;
}

// A part of the first input, moved.
Derivation derive_part(const Graph& graph, const Node& node) {
  Derivation derivation;
  derivation.gradients.push_back({node.input(0), {}, elements_of(graph, node.output(0))});
  return derivation;
}

// Rows of a table of weights; anything else that is gathered is only moved.
Derivation derive_gather(const Graph& graph, const Node& node) {
  const auto& table = shape_of(graph, node.input(0));
  const auto& shape = shape_of(graph, node.output(0));
  const bool embeds = table && table->size() == 2 && node.integer("axis", 0) == 0 &&
                      is_weight(graph, node.input(0)) && !graph.values[node.input(0)].integral;
  if (!embeds) return derive_part(graph, node);
  if (!shape || !element_count(*shape)) return leave_out(graph, node, kUnknownShape);
  Derivation derivation;
  derivation.forward.push_back(vector_line(node.name, "embedding", Pass::forward, *shape));
  derivation.gradients.push_back(
      {node.input(0), {vector_line(node.name, "embedding", Pass::backward, *shape)}});
  return derivation;
}

Derivation derive_expand(const Graph& graph, const Node& node) {
  const auto& shape = shape_of(graph, node.output(0));
  if (!shape || !element_count(*shape)) return leave_out(graph, node, kUnknownShape);
  Derivation derivation;
  derivation.gradients.push_back({node.input(0), sum_if_broadcast(graph, node, node.input(0), *shape)});
  return derivation;
}

// Counters, masks, indices and single numbers are the host's, not work for the vector units.
bool is_bookkeeping(const Graph& graph, const Node& node) {
  return std::all_of(node.outputs.begin(), node.outputs.end(), [&](std::size_t value) {
    return value == kNoValue || graph.values[value].role == Role::constant || graph.values[value].integral ||
           elements_of(graph, value) == 1;
  });
}

bool is_loss(const std::string& op) {
  return op == "SoftmaxCrossEntropyLoss" || op == "NegativeLogLikelihoodLoss";
}

}  // namespace

const std::optional<Shape>& shape_of(const Graph& graph, std::size_t value) {
  static const std::optional<Shape> kNone;
  return value == kNoValue ? kNone : graph.values[value].shape;
}

std::int64_t elements_of(const Graph& graph, std::size_t value) {
  const auto& shape = shape_of(graph, value);
  return shape ? element_count(*shape).value_or(0) : 0;
}

bool is_weight(const Graph& graph, std::size_t value) {
  return value != kNoValue && graph.values[value].source != kNoValue;
}

std::vector<TraceOperation> sum_if_broadcast(const Graph& graph, const Node& node, std::size_t operand,
                                             const Shape& shape) {
  const std::int64_t elements = elements_of(graph, operand);
  if (elements == 0 || elements >= element_count(shape).value_or(0)) return {};
  return {vector_line(node.name, "sum", Pass::backward, shape)};
}

Derivation derive_nothing(const Graph&, const Node& node) {
  Derivation derivation;
  for (const std::size_t input : node.inputs) {
    if (input != kNoValue) derivation.gradients.push_back({input, {}});
  }
  return derivation;
}

Derivation leave_out(const Graph& graph, const Node& node, std::string_view why) {
  Derivation derivation = derive_nothing(graph, node);
  derivation.unmapped = why.empty() ? node.op : fmt::format("{} ({})", node.op, why);
  return derivation;
}

Derivation derive(const Graph& graph, const Node& node) {
  if (is_product(node.op)) return derive_product(graph, node);
  if (is_bookkeeping(graph, node) && !is_loss(node.op)) return derive_nothing(graph, node);
  const bool squares =
      node.op == "Pow" && node.input(1) != kNoValue && graph.values[node.input(1)].number == 2.0;
  if (squares) {
    Node product = node;
    product.inputs[1] = node.inputs[0];
    return derive_arithmetic(graph, product, "mul");
  }
  for (const auto& [op, native] : {std::pair{"Add", "add"}, {"Sub", "sub"}, {"Mul", "mul"}, {"Div", "div"}}) {
    if (node.op == op) return derive_arithmetic(graph, node, native);
  }
  if (node.op == "Sum") return derive_sum(graph, node);
  if (node.op == "Gather") return derive_gather(graph, node);
  if (node.op == "Slice") return derive_part(graph, node);
  if (node.op == "Expand") return derive_expand(graph, node);
  if (const VectorOperator* row = find_vector_operator(node.op)) return derive_vector(graph, node, *row);
  if (moves_data_only(node.op)) return derive_nothing(graph, node);
  return leave_out(graph, node, "");
}

}  // namespace lnsim::onnx
