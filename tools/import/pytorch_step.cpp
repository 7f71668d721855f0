#include "tools/import/pytorch_step.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/errors.h"
#include "sim/run/trace/trace_formulas.h"

namespace lnsim::pytorch {

ImportResult import_step(const StepNodes& step, const std::filesystem::path& path,
                         const std::string& source) {
  ImportResult result;
  result.steps = step.steps;
  result.trace.header = import_header(path, fmt::format("{}, step {}", source, step.step));
  StepImporter(step.nodes, contexts_of(step.nodes), step.range, result).run();
  if (result.trace.operations.empty()) {
    std::vector<std::string> names;
    for (const auto& [name, count] : result.unmapped) names.push_back(name);
    throw UserError(Diagnostic{{path.string()},
                               "",
                               fmt::format("only operators that are left out: {}", fmt::join(names, ", ")),
                               "a training step"});
  }
  result.totals = trace_totals(result.trace);
  return result;
}

StepImporter::StepImporter(const std::vector<Node>& nodes, const std::vector<Context>& contexts,
                           StepRange range, ImportResult& result)
    : nodes_(nodes),
      contexts_(contexts),
      range_(range),
      result_(result),
      operations_(result.trace.operations),
      closed_(nodes.size(), false),
      accounted_(nodes.size(), false) {}

void StepImporter::run() {
  for (std::size_t i = range_.first; i < range_.last; ++i) {
    const std::size_t parent = nodes_[i].parent;
    closed_[i] = (parent != kNoNode && closed_[parent]) || contexts_[i].optimizer;
    if (!closed_[i]) closed_[i] = import_node(i);
  }
  count_unmapped();
  append_updates();
}

bool StepImporter::import_node(std::size_t i) {
  const Node& node = nodes_[i];
  if (node.name == "torch::autograd::AccumulateGrad") {
    accumulate_gradient(node);
    return false;
  }
  const bool is_operator = node.scope == Scope::operation && !node.has_prefix("autograd::engine::");
  if (!is_operator) return false;
  if (moves_data_only(node.name)) return true;
  if (import_product(i) || import_vector(i)) {
    account(i);
    return true;
  }
  // Perhaps it only calls others that are known: that shows when they have been seen.
  unknown_.push_back(i);
  return false;
}

void StepImporter::account(std::size_t i) {
  for (std::size_t at = i; at != kNoNode && !accounted_[at]; at = nodes_[at].parent) accounted_[at] = true;
}

// Callees before callers: what calls something known, or something named already, has no work of its own.
void StepImporter::count_unmapped() {
  for (auto i = unknown_.rbegin(); i != unknown_.rend(); ++i) {
    if (!accounted_[*i]) leave_out(*i, "");
  }
}

void StepImporter::leave_out(std::size_t i, std::string_view why) {
  ++result_.unmapped[why.empty() ? nodes_[i].name : fmt::format("{} ({})", nodes_[i].name, why)];
  account(i);
}

std::string StepImporter::new_layer(std::string_view op) {
  int& count = layer_counts_.try_emplace(std::string(op), 0).first->second;
  return fmt::format("{}_{}", op, ++count);
}

TraceOperation& StepImporter::append(std::string layer, std::string_view op, Pass pass,
                                     const Context& context) {
  TraceOperation operation;
  operation.index = static_cast<std::int64_t>(operations_.size());
  operation.layer = std::move(layer);
  operation.op = op;
  operation.pass = pass;
  if (!context.backward && context.sequence >= 0) forward_[context.sequence].push_back(operations_.size());
  operations_.push_back(std::move(operation));
  return operations_.back();
}

const TraceOperation* StepImporter::forward_operation(std::int64_t sequence, std::string_view op) const {
  const auto found = forward_.find(sequence);
  if (sequence < 0 || found == forward_.end()) return nullptr;
  for (const std::size_t index : found->second) {
    if (operations_[index].op == op) return &operations_[index];
  }
  return &operations_[found->second.back()];
}

bool StepImporter::import_vector(std::size_t i) {
  const Node& node = nodes_[i];
  const VectorOperator* row = find_vector_operator(node.name);
  if (row == nullptr) return false;
  const TensorUse work = work_of(node, row->shape);
  const bool dropout = row->name == "aten::dropout" || row->name == "aten::dropout_";
  if (dropout && !node.boolean(2)) return true;  // in evaluation it passes its input on
  // Counters, masks and scalars of the bookkeeping: not work for the vector unit.
  const auto elements = element_count(work.shape);
  const bool gathers = row->native == "embedding";
  if (!elements || *elements <= 1 || (work.integral && !gathers)) return true;

  const bool backward = contexts_[i].backward;
  const TraceOperation* forward = forward_operation(contexts_[i].sequence, row->native);
  const std::string native(native_name(node, *row, backward, forward));
  // A multiplication's backward function multiplies once per operand; the row stands for both.
  const bool multiplies = native == "mul" || native == "div";
  if (backward && multiplies && !multiplications_.insert(contexts_[i].function).second) return true;
  std::string layer = backward && forward != nullptr ? forward->layer : vector_layer(i, native);
  if (layer.empty()) layer = new_layer(backward ? fmt::format("{}_grad", native) : native);
  Context context = contexts_[i];
  if (!backward) context.sequence = node.sequence;
  TraceOperation& op = append(std::move(layer), native, backward ? Pass::backward : Pass::forward, context);
  op.shape = work.shape;
  if (backward) note_parameter_gradients(node, op);
  return true;
}

TensorUse StepImporter::work_of(const Node& node, WorkShape shape) {
  const auto preferred = shape == WorkShape::first_output   ? node.output(0)
                         : shape == WorkShape::second_input ? node.input(1)
                                                            : node.input(0);
  return preferred ? *preferred : node.input_tensor(0);
}

// Multiplying or dividing by one number is a scaling; the one in the gradient of dropout or of average
// pooling is that operator's gradient.
std::string_view StepImporter::native_name(const Node& node, const VectorOperator& row, bool backward,
                                           const TraceOperation* forward) {
  if (row.native != "mul" && row.native != "div") return row.native;
  if (backward && forward != nullptr && (forward->op == "dropout" || forward->op == "adaptive_avg_pool2d")) {
    return forward->op;
  }
  const auto factor = node.input(1);
  const bool by_number = !factor || element_count(factor->shape).value_or(0) <= 1;
  return by_number ? "scale" : row.native;
}

// A bias that is added outside the product belongs to the linear layer it is called for.
std::string StepImporter::vector_layer(std::size_t i, std::string_view op) const {
  const auto linear = linear_layers_.find(contexts_[i].linear);
  return op == "add" && linear != linear_layers_.end() ? linear->second : "";
}

void StepImporter::note_parameter_gradients(const Node& node, const TraceOperation& op) {
  const auto note = [&](std::size_t position, const char* role) {
    const auto tensor = node.output(position);
    if (tensor)
      note_gradient(tensor, {op.layer, role, element_count(tensor->shape).value_or(0), std::nullopt});
  };
  if (op.op == "batch_norm" || op.op == "layer_norm") {
    note(1, "weight");
    note(2, "bias");
  } else if (op.op == "sum") {
    note(0, "bias");
  } else if (op.op == "embedding") {
    note(0, "weight");
  }
}

void StepImporter::note_gradient(const std::optional<TensorUse>& tensor, Gradient gradient) {
  if (tensor) gradients_.insert_or_assign({tensor->storage, tensor->offset}, std::move(gradient));
}

// One per parameter and backward pass. Storages are used again, so the last gradient left in this one is
// meant, if it has as many elements.
void StepImporter::accumulate_gradient(const Node& node) {
  const TensorUse gradient = node.input_tensor(0);
  const std::int64_t elements = element_count(gradient.shape).value_or(0);
  if (elements == 0) return;
  const auto found = gradients_.find({gradient.storage, gradient.offset});
  const bool linked = found != gradients_.end() && found->second.elements == elements;
  std::string layer = linked ? found->second.layer : "";
  std::string parameter = linked ? fmt::format("{}.{}", layer, found->second.role) : "";
  if (linked && found->second.product) operations_[*found->second.product].weights = true;
  if (!linked || !parameters_.insert(parameter).second) {
    layer = new_layer("parameter");
    parameter = layer;
    parameters_.insert(parameter);
  }
  TraceOperation update;
  update.layer = std::move(layer);
  update.op = "update";
  update.pass = Pass::update;
  update.shape = gradient.shape;
  update.update.emplace();
  update.update->parameter = std::move(parameter);
  updates_.push_back(std::move(update));
}

// The optimizer runs when all gradients are there.
void StepImporter::append_updates() {
  for (TraceOperation& update : updates_) {
    update.index = static_cast<std::int64_t>(operations_.size());
    operations_.push_back(std::move(update));
  }
}

}  // namespace lnsim::pytorch
