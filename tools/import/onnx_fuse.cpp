// Exporters write some operators as formulas of several nodes. On the accelerator they are one sweep.
#include <algorithm>
#include <limits>
#include <string_view>
#include <vector>

#include "tools/import/onnx_graph.h"

namespace lnsim::onnx {

namespace {

using NodeIndex = std::size_t;
constexpr NodeIndex kNoNode = std::numeric_limits<NodeIndex>::max();

class Fuser {
 public:
  explicit Fuser(Graph& graph)
      : graph_(graph),
        producer_(graph.values.size(), kNoNode),
        readers_(graph.values.size()),
        gone_(graph.nodes.size(), false),
        is_output_(graph.values.size(), false) {
    for (NodeIndex i = 0; i < graph.nodes.size(); ++i) {
      for (const std::size_t value : graph.nodes[i].inputs) {
        if (value != kNoValue) readers_[value].push_back(i);
      }
      for (const std::size_t value : graph.nodes[i].outputs) {
        if (value != kNoValue) producer_[value] = i;
      }
    }
    for (const std::size_t value : graph.outputs) is_output_[value] = true;
  }

  void run() {
    for (NodeIndex i = 0; i < graph_.nodes.size(); ++i) {
      if (gone_[i]) continue;
      const std::string& op = graph_.nodes[i].op;
      if (op == "Div") fuse_layer_norm(i);
      if (op == "Erf") fuse_erf_gelu(i);
      if (op == "Tanh") fuse_tanh_gelu(i);
      if (op == "Mul") fuse_silu(i);
      if (op == "MatMul") fuse_bias(i);
    }
    std::vector<Node> left;
    for (NodeIndex i = 0; i < graph_.nodes.size(); ++i) {
      if (!gone_[i]) left.push_back(std::move(graph_.nodes[i]));
    }
    graph_.nodes = std::move(left);
  }

 private:
  // The node that writes the value, if it is an `op`.
  NodeIndex writer(std::size_t value, std::string_view op) const {
    if (value == kNoValue || producer_[value] == kNoNode) return kNoNode;
    const NodeIndex i = producer_[value];
    return !gone_[i] && graph_.nodes[i].op == op ? i : kNoNode;
  }
  // The only node that reads the node's result, if it is an `op`.
  NodeIndex only_reader(NodeIndex i, std::string_view op) const {
    const std::size_t value = graph_.nodes[i].output(0);
    if (value == kNoValue || is_output_[value] || readers_[value].size() != 1) return kNoNode;
    const NodeIndex reader = readers_[value].front();
    return !gone_[reader] && graph_.nodes[reader].op == op ? reader : kNoNode;
  }
  std::size_t input(NodeIndex i, std::size_t position) const { return graph_.nodes[i].input(position); }
  std::size_t result(NodeIndex i) const { return graph_.nodes[i].output(0); }

  bool is_number(std::size_t value) const {
    return value != kNoValue && graph_.values[value].role == Role::constant &&
           graph_.values[value].number.has_value();
  }
  bool is_weight(std::size_t value) const {
    return value != kNoValue && graph_.values[value].source != kNoValue;
  }
  // Of a node with two operands the one that is not `known`; kNoValue when none is.
  std::size_t other(NodeIndex i, std::size_t known) const {
    return input(i, 0) == known ? input(i, 1) : input(i, 1) == known ? input(i, 0) : kNoValue;
  }
  // Of a node that combines a value with a number, the value.
  std::size_t beside_number(NodeIndex i) const {
    if (i == kNoNode) return kNoValue;
    return is_number(input(i, 1)) ? input(i, 0) : is_number(input(i, 0)) ? input(i, 1) : kNoValue;
  }

  // Makes the nodes one, in the place of the last, if nobody else reads what the others write.
  void replace(std::vector<NodeIndex> nodes, std::string op, std::vector<std::size_t> inputs) {
    const NodeIndex last = *std::max_element(nodes.begin(), nodes.end());
    for (const NodeIndex i : nodes) {
      if (i == last) continue;
      const std::size_t value = result(i);
      if (is_output_[value]) return;
      for (const NodeIndex reader : readers_[value]) {
        if (std::find(nodes.begin(), nodes.end(), reader) == nodes.end()) return;
      }
    }
    for (const NodeIndex i : nodes) gone_[i] = i != last;
    graph_.nodes[last].op = std::move(op);
    graph_.nodes[last].inputs = std::move(inputs);
  }

  // d = x - mean(x); d / sqrt(mean(d^2) + epsilon) * scale + bias, the last two perhaps absent.
  void fuse_layer_norm(NodeIndex division) {
    const std::size_t d = input(division, 0);
    const NodeIndex root = writer(input(division, 1), "Sqrt");
    const NodeIndex sum = root == kNoNode ? kNoNode : writer(input(root, 0), "Add");
    const NodeIndex variance = writer(beside_number(sum), "ReduceMean");
    if (variance == kNoNode) return;
    const NodeIndex square = square_of(input(variance, 0), d);
    const NodeIndex difference = writer(d, "Sub");
    if (square == kNoNode || difference == kNoNode) return;
    const std::size_t x = input(difference, 0);
    const NodeIndex mean = writer(input(difference, 1), "ReduceMean");
    if (mean == kNoNode || input(mean, 0) != x) return;
    std::vector<NodeIndex> nodes{mean, difference, square, variance, sum, root, division};
    std::vector<std::size_t> inputs{x};
    for (const std::string_view op : {"Mul", "Add"}) {
      const NodeIndex next = only_reader(nodes.back(), op);
      const std::size_t parameter = next == kNoNode ? kNoValue : other(next, result(nodes.back()));
      if (!is_weight(parameter)) break;
      nodes.push_back(next);
      inputs.push_back(parameter);
    }
    replace(std::move(nodes), "LayerNormalization", std::move(inputs));
  }

  NodeIndex square_of(std::size_t value, std::size_t base) const {
    const NodeIndex power = writer(value, "Pow");
    if (power != kNoNode && input(power, 0) == base && is_number(input(power, 1)) &&
        graph_.values[input(power, 1)].number == 2.0) {
      return power;
    }
    const NodeIndex product = writer(value, "Mul");
    return product != kNoNode && input(product, 0) == base && input(product, 1) == base ? product : kNoNode;
  }

  // erf(x / sqrt 2), and then half_of_one_plus.
  void fuse_erf_gelu(NodeIndex erf) {
    const NodeIndex quotient = writer(input(erf, 0), "Div");
    const NodeIndex scaled = quotient != kNoNode ? quotient : writer(input(erf, 0), "Mul");
    const std::size_t x = beside_number(scaled);
    if (x != kNoValue) fuse_gelu(x, erf, {scaled, erf});
  }

  // tanh(c (x + c' x^3)), and then half_of_one_plus.
  void fuse_tanh_gelu(NodeIndex tanh) {
    const NodeIndex scaled = writer(input(tanh, 0), "Mul");
    const NodeIndex sum = writer(beside_number(scaled), "Add");
    if (sum == kNoNode) return;
    for (const std::size_t position : {0U, 1U}) {
      const std::size_t x = input(sum, position);
      const NodeIndex term = writer(input(sum, 1 - position), "Mul");
      const NodeIndex cube = writer(beside_number(term), "Pow");
      if (cube == kNoNode || input(cube, 0) != x || !is_number(input(cube, 1))) continue;
      return fuse_gelu(x, tanh, {cube, term, sum, scaled, tanh});
    }
  }

  // x (1 + f) / 2 in any order of the two products.
  void fuse_gelu(std::size_t x, NodeIndex f, std::vector<NodeIndex> nodes) {
    const NodeIndex sum = only_reader(f, "Add");
    const NodeIndex first = sum == kNoNode ? kNoNode : only_reader(sum, "Mul");
    if (first == kNoNode || beside_number(sum) == kNoValue) return;
    nodes.insert(nodes.end(), {sum, first});
    const std::size_t factor = other(first, result(sum));
    const NodeIndex halved = writer(factor, "Mul");
    if (halved != kNoNode && beside_number(halved) == x) {
      nodes.push_back(halved);
    } else {
      const NodeIndex second = only_reader(first, "Mul");
      if (second == kNoNode) return;
      const std::size_t second_factor = other(second, result(first));
      const bool right =
          (factor == x && is_number(second_factor)) || (is_number(factor) && second_factor == x);
      if (!right) return;
      nodes.push_back(second);
    }
    replace(std::move(nodes), "Gelu", {x});
  }

  // A bias per output of a linear layer: the product's third operand, as Gemm has it.
  void fuse_bias(NodeIndex product) {
    const NodeIndex sum = only_reader(product, "Add");
    if (sum == kNoNode || !is_weight(input(product, 1))) return;
    const std::size_t bias = other(sum, result(product));
    if (!is_weight(bias) || !graph_.values[bias].shape || graph_.values[bias].shape->size() != 1) return;
    replace({product, sum}, "MatMul", {input(product, 0), input(product, 1), bias});
  }

  // x sigmoid(x)
  void fuse_silu(NodeIndex product) {
    for (const std::size_t position : {0U, 1U}) {
      const NodeIndex sigmoid = writer(input(product, position), "Sigmoid");
      const std::size_t x = input(product, 1 - position);
      if (sigmoid == kNoNode || x == kNoValue || input(sigmoid, 0) != x) continue;
      return replace({sigmoid, product}, "Silu", {x});
    }
  }

  Graph& graph_;
  std::vector<NodeIndex> producer_;              // by value
  std::vector<std::vector<NodeIndex>> readers_;  // by value
  std::vector<bool> gone_;                       // by node
  std::vector<bool> is_output_;                  // by value
};

}  // namespace

void fuse_operators(Graph& graph) {
  Fuser(graph).run();
}

}  // namespace lnsim::onnx
