#include "sim/run/replay/chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "sim/base/errors.h"
#include "sim/run/replay/vector_reference.h"
#include "sim/run/trace/trace_formulas.h"

namespace lnsim {

namespace {

// The one operation that `is_right` holds of; nullptr where none or several are.
template <class F>
const TraceOperation* only(const Trace& trace, const F& is_right) {
  const auto first = std::find_if(trace.operations.begin(), trace.operations.end(), is_right);
  if (first == trace.operations.end()) return nullptr;
  return std::find_if(first + 1, trace.operations.end(), is_right) == trace.operations.end() ? &*first
                                                                                             : nullptr;
}

bool is_parameter(const Trace& trace, const std::string& tensor) {
  return std::any_of(trace.operations.begin(), trace.operations.end(),
                     [&](const TraceOperation& o) { return o.update && o.update->w == tensor; });
}

// Adds an element to every row of a matrix, or to every channel of images.
void add_bias(const TraceOperation& product, const std::vector<double>& bias, std::vector<double>& values) {
  const auto pixels = static_cast<std::size_t>(product.conv ? product.conv->p * product.conv->q : 1);
  if (bias.empty() || values.size() % (pixels * bias.size()) != 0) {
    throw ModelError(fmt::format("a bias of {} elements for {} results", bias.size(), values.size()));
  }
  for (std::size_t i = 0; i < values.size(); ++i) values[i] += bias[i / pixels % bias.size()];
}

}  // namespace

bool Chain::fits(const std::string& tensor, const Value& value) const {
  const auto elements = element_count(trace_->tensors.at(tensor).shape);
  return elements && static_cast<std::size_t>(*elements) == value.values.size();
}

std::optional<std::vector<double>> Chain::operand(const std::string& key) const {
  const auto found = values_.find(key);
  if (found == values_.end() || !found->second.simulated || !fits(key, found->second)) return std::nullopt;
  return found->second.values;
}

std::string Chain::gradient_source(const TraceOperation& update) const {
  const std::string& weights = update.update->w;
  const TraceOperation* forward = only(*trace_, [&](const TraceOperation& o) {
    return o.pass == Pass::forward && (o.a == weights || o.b == weights);
  });
  if (forward == nullptr) return "";
  const TraceOperation* gradient = only(*trace_, [&](const TraceOperation& o) {
    return o.pass == Pass::weight_gradient && o.weights && o.layer == forward->layer;
  });
  return gradient == nullptr ? "" : gradient->out;
}

std::optional<std::vector<double>> Chain::gradient(const TraceOperation& update) const {
  const auto found = values_.find(gradient_source(update));
  if (found == values_.end() || !fits(update.update->dw, found->second)) return std::nullopt;
  return found->second.values;
}

OperandOrigin Chain::origin(std::string operand, const std::string& tensor, const std::string& source) const {
  OperandOrigin origin{std::move(operand), tensor, false, ""};
  const auto found = values_.find(source);
  const auto failure = failures_.find(source);
  if (found != values_.end()) {
    if (!fits(tensor, found->second)) {
      origin.because = fmt::format("what makes it has {} elements", found->second.values.size());
    } else if (!found->second.simulated) {
      origin.because = "no product is behind it";
    } else {
      origin.simulated = true;
    }
  } else if (failure != failures_.end()) {
    origin.because = failure->second;
  } else if (is_parameter(*trace_, tensor)) {
    origin.because = "a parameter before its update";
  } else {
    origin.because = "no line makes it";
  }
  return origin;
}

std::vector<OperandOrigin> Chain::origins(const TraceOperation& operation) const {
  if (operation.update) return {origin("dw", operation.update->dw, gradient_source(operation))};
  return {origin("a", operation.a, operation.a), origin("b", operation.b, operation.b)};
}

void Chain::add_result(const TraceOperation& product, std::vector<double> values) {
  if (product.out.empty()) return;
  if (!product.bias.empty()) add_bias(product, store_->read(product.bias).values, values);
  values_[product.out] = {std::move(values), true};
}

Chain::Value Chain::value(const std::string& name) const {
  const auto found = values_.find(name);
  if (found != values_.end()) return found->second;
  if (trace_->tensors.contains(name)) return {store_->read(name).values, false};
  const auto failure = failures_.find(name);
  throw std::invalid_argument(failure != failures_.end() ? failure->second
                                                         : fmt::format("{} is not known", name));
}

const TraceOperation& Chain::forward_of(const TraceOperation& backward) const {
  const TraceOperation* forward = only(*trace_, [&](const TraceOperation& o) {
    return o.pass == Pass::forward && o.layer == backward.layer && o.op == backward.op;
  });
  if (forward == nullptr)
    throw std::invalid_argument("no forward line, or several, of this layer and operator");
  return *forward;
}

Chain::Value Chain::computed(const TraceOperation& operation) const {
  const bool backward = operation.pass == Pass::backward;
  const TraceOperation& forward = backward ? forward_of(operation) : operation;
  VectorCall call;
  call.shape = forward.shape;
  call.epsilon = forward.flow.epsilon;
  bool simulated = false;
  for (const std::string& name : forward.flow.inputs) {
    Value operand = value(name);
    simulated = simulated || operand.simulated;
    call.operands.push_back(std::move(operand.values));
  }
  for (const std::string& name : forward.flow.parameters)
    call.parameters.push_back(store_->read(name).values);
  if (!backward) return {vector_forward(operation.op, call), simulated};
  for (const std::string& name : operation.flow.inputs) {
    const Value gradient = value(name);
    simulated = simulated || gradient.simulated;
    if (call.gradient.empty()) call.gradient.resize(gradient.values.size());
    if (call.gradient.size() != gradient.values.size())
      throw std::invalid_argument("gradients of different sizes");
    for (std::size_t i = 0; i < gradient.values.size(); ++i) call.gradient[i] += gradient.values[i];
  }
  return {vector_backward(operation.op, call), simulated};
}

std::optional<std::string> Chain::compute(const TraceOperation& operation) {
  if (operation.flow.outputs.empty()) return "the trace does not say what it makes";
  try {
    const Value result = computed(operation);
    for (const std::string& name : operation.flow.outputs) values_[name] = result;
    return std::nullopt;
  } catch (const std::invalid_argument& error) {
    const std::string because = error.what();
    for (const std::string& name : operation.flow.outputs) {
      values_.erase(name);
      failures_[name] = because.starts_with("at ")
                            ? because
                            : fmt::format("at {} ({}): {}", operation.layer, operation.op, because);
    }
    return because;
  }
}

}  // namespace lnsim
