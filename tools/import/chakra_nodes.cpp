#include "tools/import/chakra_nodes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "sim/run/trace/trace_formulas.h"
#include "tools/import/chakra_forward.h"
#include "tools/import/chakra_workers.h"
#include "tools/import/pytorch_node_reader.h"
#include "tools/import/pytorch_operators.h"

namespace lnsim::chakra {

namespace {

using Json = nlohmann::json;

Arguments of(const Arguments& all, std::initializer_list<std::size_t> positions) {
  Arguments picked;
  for (const std::size_t position : positions) {
    if (position >= all.values.size() || position >= all.shapes.size() || position >= all.types.size()) break;
    picked.values.push_back(all.values[position]);
    picked.shapes.push_back(all.shapes[position]);
    picked.types.push_back(all.types[position]);
  }
  return picked;
}

void append(Arguments& arguments, Json value) {
  arguments.values.push_back(std::move(value));
  arguments.shapes.push_back(Json::array());
  arguments.types.emplace_back("Value");
}

std::int64_t elements_of(const Tensor& tensor) {
  return element_count(tensor.shape).value_or(0);
}

class NodeBuilder {
 public:
  explicit NodeBuilder(const std::string& file) : reader_(file, pytorch::kFlatSchema, mistakes_) {
    add_node("root", kRoot, kOperation, -1, {}, {});
  }

  void add(const Operator& op, Phase phase) {
    place_ = place_of(op);
    if (phase != Phase::optimizer) optimizer_ = kRoot;
    switch (phase) {
      case Phase::forward:
        if (std::exchange(had_backward_, false)) forget_the_last_passes();
        return add_forward(op);
      case Phase::backward:
        had_backward_ = true;
        return add_backward(op);
      case Phase::optimizer:
        if (optimizer_ == kRoot) optimizer_ = add_node("Optimizer.step#", kRoot, kLabel, -1, {}, {});
        add_node(op.name, optimizer_, kOperation, -1, op.inputs, op.outputs);
    }
  }

  std::size_t count() const { return nodes_.size(); }
  // Throws UserError with every mistake in the operators' arguments. To be called once.
  std::vector<pytorch::Node> nodes() {
    mistakes_.throw_if_any();
    return std::move(nodes_);
  }

 private:
  static constexpr std::int64_t kRoot = 1;
  static constexpr int kOperation = 0, kFunction = 1, kLabel = 7;

  std::int64_t add_node(std::string_view name, std::int64_t parent, int scope, std::int64_t sequence,
                        const Arguments& inputs, const Arguments& outputs) {
    const std::int64_t id = kRoot + count_++;
    auto node = reader_.read(flat_node(name, id, parent, scope, sequence, inputs, outputs), place_);
    if (!node) return id;  // none will be needed
    if (parent != id) node->parent = static_cast<std::size_t>(parent - kRoot);
    nodes_.push_back(std::move(*node));
    return id;
  }

  void forget_the_last_passes() {
    forward_.clear();
    product_ = -1;
  }

  void add_forward(const Operator& op) {
    const auto x = tensor_of(op.inputs, 0);
    const auto w = tensor_of(op.inputs, 1);
    const std::string_view worker = worker_of(op);
    if (x && w && (op.name == "aten::conv2d" || op.name == "aten::conv1d")) {
      forward_.add_product(op, *x, *w);
      Arguments inputs = of(op.inputs, {0, 1, 2, 3, 4, 5});
      append(inputs, false);
      append(inputs, Json::array({0, 0}));
      const Arguments groups = of(op.inputs, {6});
      inputs.values.insert(inputs.values.end(), groups.values.begin(), groups.values.end());
      inputs.shapes.insert(inputs.shapes.end(), groups.shapes.begin(), groups.shapes.end());
      inputs.types.insert(inputs.types.end(), groups.types.begin(), groups.types.end());
      add_node(worker, kRoot, kOperation, op.sequence, inputs, op.outputs);
    } else if (x && w && op.name == "aten::convolution") {
      forward_.add_product(op, *x, *w);
      add_node(op.name, kRoot, kOperation, op.sequence, op.inputs, op.outputs);
    } else if (x && w && op.name == "aten::linear" && worker != op.name) {
      add_linear(op, worker, *x, *w);
    } else if (x && w && (op.name == "aten::matmul" || op.name == "aten::mm" || op.name == "aten::bmm")) {
      add_matmul(op, worker, *x, *w);
    } else if (op.name == "aten::addmm" || op.name == "aten::baddbmm") {
      const auto right = tensor_of(op.inputs, 2);
      if (w && right) forward_.add_product(op, *w, *right);
      add_node(op.name, kRoot, kOperation, op.sequence, op.inputs, op.outputs);
    } else if (op.name == "aten::cross_entropy_loss") {
      add_vector(op, "aten::_log_softmax");
      add_vector(op, "aten::nll_loss_forward");
    } else {
      add_vector(op, worker);
    }
  }

  // y = x w^T + bias: leading extents of x are rows.
  void add_linear(const Operator& op, std::string_view worker, const Tensor& x, const Tensor& w) {
    forward_.add_product(op, x, {w.storage, w.offset, {w.shape[1], w.shape[0]}});
    const bool has_bias = tensor_of(op.inputs, 2).has_value();
    Arguments inputs = has_bias ? of(op.inputs, {2, 0, 1}) : of(op.inputs, {0, 1});
    const std::size_t first = has_bias ? 1 : 0;
    const std::int64_t rows = elements_of(x) / std::max<std::int64_t>(1, x.shape.back());
    inputs.shapes[first] = {rows, x.shape.back()};
    inputs.shapes[first + 1] = {w.shape[1], w.shape[0]};
    const std::int64_t caller = add_node(op.name, kRoot, kOperation, op.sequence, op.inputs, op.outputs);
    add_node(worker, caller, kOperation, op.sequence, inputs, op.outputs);
  }

  // Both operands with the same leading extents, or a matrix behind: other forms stay what they are.
  void add_matmul(const Operator& op, std::string_view worker, const Tensor& x, const Tensor& w) {
    forward_.add_product(op, x, w);
    Arguments inputs = of(op.inputs, {0, 1});
    if (op.name == "aten::matmul" && worker == "aten::mm") {
      inputs.shapes[0] = {elements_of(x) / std::max<std::int64_t>(1, x.shape.back()), x.shape.back()};
    } else if (op.name == "aten::matmul" && worker == "aten::bmm") {
      const auto fold = [](const Tensor& tensor) {
        const std::int64_t rows = tensor.shape[tensor.shape.size() - 2];
        const std::int64_t matrix = std::max<std::int64_t>(1, rows * tensor.shape.back());
        return Json::array({elements_of(tensor) / matrix, rows, tensor.shape.back()});
      };
      inputs.shapes[0] = fold(x);
      inputs.shapes[1] = fold(w);
    }
    add_node(worker, kRoot, kOperation, op.sequence, inputs, op.outputs);
  }

  void add_vector(const Operator& op, std::string_view worker) {
    const pytorch::VectorOperator* row = pytorch::find_vector_operator(worker);
    if (row != nullptr) forward_.add_vector(op, std::string(row->native), work_of(op, row->shape));
    if (pytorch::is_fused_attention(worker)) forward_.add_vector(op, "attention", work_of(op, kFirstInput));
    add_node(worker, kRoot, kOperation, op.sequence, op.inputs, op.outputs);
  }

  static constexpr pytorch::WorkShape kFirstInput = pytorch::WorkShape::first_input;

  static std::int64_t work_of(const Operator& op, pytorch::WorkShape shape) {
    const auto tensor = shape == pytorch::WorkShape::first_output   ? tensor_of(op.outputs, 0)
                        : shape == pytorch::WorkShape::second_input ? tensor_of(op.inputs, 1)
                                                                    : tensor_of(op.inputs, 0);
    return tensor ? elements_of(*tensor) : 0;
  }

  void add_backward(const Operator& op) {
    if (op.name == "torch::autograd::AccumulateGrad") return;  // made here for every parameter
    std::vector<Arguments> gradients;
    const std::int64_t sequence = link(op, gradients);
    const std::int64_t evaluation =
        add_node("autograd::engine::evaluate_function: ", kRoot, kOperation, -1, {}, {});
    const std::int64_t function = add_node("Backward", evaluation, kFunction, sequence, {}, {});
    add_node(op.name, function, kOperation, -1, op.inputs, op.outputs);
    for (const Arguments& gradient : gradients)
      add_node("torch::autograd::AccumulateGrad", kRoot, kFunction, -1, gradient, {});
  }

  // The sequence number of the forward operator, and the gradients of its parameters.
  std::int64_t link(const Operator& op, std::vector<Arguments>& gradients) {
    const auto accumulate = [&](std::size_t position) {
      const auto tensor = tensor_of(op.outputs, position);
      if (tensor && elements_of(*tensor) > 0) gradients.push_back(of(op.outputs, {position}));
    };
    const auto left = tensor_of(op.inputs, 0);
    const auto right = tensor_of(op.inputs, 1);
    if (op.name == "aten::convolution_backward") {
      const auto w = tensor_of(op.inputs, 2);
      accumulate(1);
      accumulate(2);
      const auto* forward = right && w ? forward_.convolution(*right, *w) : nullptr;
      return forward == nullptr ? -1 : forward->sequence;
    }
    if (op.name == "aten::mm" || op.name == "aten::bmm") {
      const auto* forward = left && right ? forward_.matrix(op, *left, *right) : nullptr;
      product_ = forward == nullptr ? -1 : forward->sequence;
      const bool of_weights = forward != nullptr && op.name == "aten::mm" && !left->same_place(forward->w) &&
                              !right->same_place(forward->w);
      if (of_weights) accumulate(0);
      return product_;
    }
    if (op.name == "aten::sum" && product_ >= 0) {
      accumulate(0);
      return product_;
    }
    if (!pytorch::moves_data_only(op.name)) product_ = -1;
    return link_vector(op, accumulate);
  }

  template <class Accumulate>
  std::int64_t link_vector(const Operator& op, const Accumulate& accumulate) {
    if (pytorch::is_fused_attention_backward(op.name))
      return forward_.vector("attention", work_of(op, kFirstInput));
    const pytorch::VectorOperator* row = pytorch::find_vector_operator(op.name);
    if (row == nullptr) return -1;
    const std::string native(row->native);
    const std::int64_t elements = work_of(op, row->shape);
    if (native == "batch_norm" || native == "layer_norm" || native == "group_norm") {
      accumulate(1);
      accumulate(2);
    }
    if (native == "embedding") {
      accumulate(0);
      return forward_.vector(native, elements);
    }
    if (is_backward_operator(op.name)) return forward_.vector(native, elements);
    // The gradient of dropout, and of an average over everything, is a multiplication.
    if (native != "mul" && native != "div") return -1;
    const std::int64_t average = forward_.vector("adaptive_avg_pool2d", elements);
    return average >= 0 ? average : forward_.vector("dropout", elements);
  }

  Mistakes mistakes_;
  pytorch::NodeReader reader_;
  std::vector<pytorch::Node> nodes_;
  std::int64_t count_ = 0;      // of nodes
  std::string place_ = "root";  // of the operator, for messages
  ForwardOperators forward_;
  std::int64_t optimizer_ = kRoot;  // the step that is being written; kRoot: none
  std::int64_t product_ = -1;       // whose gradients were computed last
  bool had_backward_ = false;
};

}  // namespace

pytorch::StepNodes nodes_of(std::vector<Operator> operators, std::span<const Phase> phases, std::size_t first,
                            const std::string& file) {
  NodeBuilder builder(file);
  pytorch::StepNodes step;
  for (std::size_t i = 0; i < operators.size(); ++i) {
    if (i == first) step.range.first = builder.count();
    builder.add(std::exchange(operators[i], {}), phases[i]);  // both forms of all arguments need not be held
  }
  step.nodes = builder.nodes();
  step.range.last = step.nodes.size();
  return step;
}

}  // namespace lnsim::chakra
