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

// Nothing where the part is not within the value.
bool add_part(const ValuePart& part, const std::vector<double>& from, std::vector<double>& to) {
  if (part.shape.empty()) {
    if (from.size() != to.size()) return false;
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += part.factor * from[i];
    return true;
  }
  const std::int64_t adds = element_count(part.shape).value_or(0);
  if (adds > static_cast<std::int64_t>(std::max(from.size(), to.size()))) return false;
  // Counts through the indices; the innermost moves first.
  std::vector<std::int64_t> index(part.shape.size(), 0);
  std::int64_t source = part.from.first, target = part.to.first;
  for (;;) {
    if (source >= static_cast<std::int64_t>(from.size())) return false;
    to[static_cast<std::size_t>(target)] += part.factor * from[static_cast<std::size_t>(source)];
    std::size_t axis = part.shape.size();
    while (axis > 0 && index[axis - 1] == part.shape[axis - 1] - 1) {
      --axis;
      source -= index[axis] * part.from.strides[axis];
      target -= index[axis] * part.to.strides[axis];
      index[axis] = 0;
    }
    if (axis == 0) return true;
    ++index[axis - 1];
    source += part.from.strides[axis - 1];
    target += part.to.strides[axis - 1];
  }
}

}  // namespace

bool Chain::fits(const std::string& tensor, const Value& value) const {
  const auto elements = element_count(trace_->tensors.at(tensor).shape);
  return elements && static_cast<std::size_t>(*elements) == value.values.size();
}

std::optional<std::vector<double>> Chain::simulated(const std::string& name,
                                                    const std::string& tensor) const {
  try {
    Value found = value(name);
    if (!found.simulated || !fits(tensor, found)) return std::nullopt;
    return std::move(found.values);
  } catch (const std::invalid_argument&) {
    return std::nullopt;  // origin() says why
  }
}

std::optional<std::vector<double>> Chain::operand(const std::string& key) const {
  return simulated(key, key);
}

std::string Chain::gradient_source(const TraceOperation& update) const {
  if (trace_->values.contains(update.update->dw) || values_.contains(update.update->dw))
    return update.update->dw;
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
  return simulated(gradient_source(update), update.update->dw);
}

OperandOrigin Chain::origin(std::string operand, const std::string& tensor, const std::string& source) const {
  OperandOrigin origin{std::move(operand), tensor, false, false, ""};
  if (values_.contains(source) || trace_->values.contains(source) || failures_.contains(source)) {
    try {
      const Value found = value(source);
      origin.simulated = found.simulated && fits(tensor, found);
      if (!found.simulated) {
        origin.because = found.cut.empty() ? "no product is behind it" : found.cut;
        origin.cut = !found.cut.empty();
      } else if (!origin.simulated) {
        origin.because = fmt::format("what makes it has {} elements", found.values.size());
        origin.cut = true;
      }
    } catch (const std::invalid_argument& error) {
      origin.because = error.what();
      origin.cut = true;
    }
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
  values_[product.out] = {std::move(values), true, ""};
}

Chain::Value Chain::value(const std::string& name) const {
  const auto made = values_.find(name);
  if (made != values_.end()) return made->second;
  const auto known = composed_.find(name);
  if (known != composed_.end()) return known->second;
  const auto composition = trace_->values.find(name);
  if (composition != trace_->values.end() && composition->second.because.empty())
    return composed(name, composition->second);
  const auto failure = failures_.find(name);
  const std::string cut = failure != failures_.end()            ? failure->second
                          : composition != trace_->values.end() ? composition->second.because
                                                                : "";
  if (trace_->tensors.contains(name)) return {store_->read(name).values, false, cut};
  throw std::invalid_argument(cut.empty() ? fmt::format("{} is not known", name) : cut);
}

Chain::Value Chain::composed(const std::string& name, const ComposedValue& composition) const {
  Value sum{std::vector<double>(static_cast<std::size_t>(composition.elements)), false, ""};
  for (const ValuePart& part : composition.parts) {
    const Value from = value(part.of);
    if (!add_part(part, from.values, sum.values))
      throw std::invalid_argument(
          fmt::format("{} of {} elements has no such part for {}", part.of, from.values.size(), name));
    sum.simulated = sum.simulated || from.simulated;
    if (sum.cut.empty()) sum.cut = from.cut;
  }
  composed_.emplace(name, sum);
  return sum;
}

const TraceOperation& Chain::forward_of(const TraceOperation& backward) const {
  const TraceOperation* forward = only(*trace_, [&](const TraceOperation& o) {
    return o.pass == Pass::forward && o.layer == backward.layer && o.op == backward.op;
  });
  if (forward == nullptr)
    throw std::invalid_argument("no forward line, or several, of this layer and operator");
  return *forward;
}

std::vector<Chain::Value> Chain::computed(const TraceOperation& operation) const {
  const bool backward = operation.pass == Pass::backward;
  const TraceOperation& forward = backward ? forward_of(operation) : operation;
  VectorCall call;
  call.shape = forward.shape;
  call.epsilon = forward.flow.epsilon;
  call.window = forward.flow.window;
  call.result_shape = forward.flow.result_shape;
  bool simulated = false;
  std::string cut;
  const auto take = [&](const std::string& name) {
    Value taken = value(name);
    simulated = simulated || taken.simulated;
    if (cut.empty()) cut = taken.cut;
    return std::move(taken.values);
  };
  for (const std::string& name : forward.flow.inputs) call.operands.push_back(take(name));
  for (const std::string& name : forward.flow.parameters)
    call.parameters.push_back(store_->read(name).values);
  if (!backward) return {{vector_forward(operation.op, call), simulated, cut}};
  for (const std::string& name : operation.flow.inputs) {
    const std::vector<double> gradient = take(name);
    if (call.gradient.empty()) call.gradient.resize(gradient.size());
    if (call.gradient.size() != gradient.size()) throw std::invalid_argument("gradients of different sizes");
    for (std::size_t i = 0; i < gradient.size(); ++i) call.gradient[i] += gradient[i];
  }
  std::vector<Value> gradients;
  for (std::vector<double>& values : vector_backward(operation.op, call))
    gradients.push_back({std::move(values), simulated, cut});
  return gradients;
}

std::optional<std::string> Chain::compute(const TraceOperation& operation) {
  const std::vector<std::string>& outputs = operation.flow.outputs;
  if (outputs.empty()) return "the trace does not say what it makes";
  const auto is_composed = [&](const std::string& name) { return trace_->values.contains(name); };
  if (std::all_of(outputs.begin(), outputs.end(), is_composed)) return std::nullopt;
  try {
    const std::vector<Value> results = computed(operation);
    const bool one = operation.pass == Pass::forward;
    if (!one && outputs.size() > results.size())
      throw std::invalid_argument(fmt::format("{} gradients instead of {}", outputs.size(), results.size()));
    for (std::size_t i = 0; i < outputs.size(); ++i) values_[outputs[i]] = results[one ? 0 : i];
    return std::nullopt;
  } catch (const std::invalid_argument& error) {
    const std::string because = error.what();
    for (const std::string& name : outputs) {
      values_.erase(name);
      failures_[name] = because.starts_with("at ")
                            ? because
                            : fmt::format("at {} ({}): {}", operation.layer, operation.op, because);
    }
    return because;
  }
}

}  // namespace lnsim
