#include "sim/run/trace_tools/tensor_role.h"

#include "sim/base/errors.h"
#include "sim/run/compile/product.h"

namespace lnsim {

namespace {

TensorRole operand_role(TensorKind kind) {
  switch (kind) {
    case TensorKind::weight:
      return TensorRole::weight;
    case TensorKind::activation:
      return TensorRole::activation;
    case TensorKind::error:
      return TensorRole::error;
    default:
      throw ModelError("a product's operand that is no weight, activation or error");
  }
}

class Places {
 public:
  explicit Places(const Trace& trace) {
    for (const auto& tensor : trace.tensors) places_[tensor.first];
    for (const TraceOperation& op : trace.operations) {
      if (op.gemm && !op.a.empty()) add_operands(op);
    }
    for (const TraceOperation& op : trace.operations) {
      if (op.gemm) add(op.out, result_role(op), op);
    }
    for (const TraceOperation& op : trace.operations) {
      if (op.update) add_update(op);
    }
  }

  std::map<std::string, TensorPlace> take() { return std::move(places_); }

 private:
  void add(const std::string& key, TensorRole role, const TraceOperation& op) {
    const auto found = places_.find(key);
    if (found != places_.end() && found->second.role == TensorRole::other) found->second = {role, op.layer};
  }

  void add_operands(const TraceOperation& op) {
    const auto [a, b] = operand_roles(op);
    add(op.a, a, op);
    add(op.b, b, op);
  }

  static TensorRole result_role(const TraceOperation& op) {
    if (op.pass == Pass::forward) return TensorRole::output;
    return op.pass == Pass::weight_gradient && op.weights ? TensorRole::gradient : TensorRole::input_gradient;
  }

  void add_update(const TraceOperation& op) {
    add(op.update->w, TensorRole::weight, op);
    add(op.update->dw, TensorRole::update_gradient, op);
    add(op.update->m, TensorRole::optimizer_state, op);
    add(op.update->v, TensorRole::optimizer_state, op);
    add(op.update->out, TensorRole::new_weight, op);
  }

  std::map<std::string, TensorPlace> places_;
};

}  // namespace

std::pair<TensorRole, TensorRole> operand_roles(const TraceOperation& product) {
  const Product first = products_of(product).front();
  const TensorRole stationary = operand_role(first.a.kind), streamed = operand_role(first.b.kind);
  if (first.stationary == TraceOperand::a) return {stationary, streamed};
  return {streamed, stationary};
}

std::map<std::string, TensorPlace> tensor_places(const Trace& trace) {
  return Places(trace).take();
}

}  // namespace lnsim
