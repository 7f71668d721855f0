#include "tools/import/onnx_iteration.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "sim/run/workload/iteration_lines.h"

namespace lnsim::onnx {

IterationImporter::IterationImporter(const Graph& graph, ImportResult& result)
    : graph_(graph),
      result_(result),
      wants_gradient_(graph.values.size(), false),
      has_gradient_(graph.values.size(), false),
      covered_(graph.values.size(), 0),
      gradient_layer_(graph.values.size()) {}

void IterationImporter::run() {
  forward();
  backward();
  append_updates();
  note_what_is_not_trained();
  auto& operations = result_.trace.operations;
  for (std::size_t i = 0; i < operations.size(); ++i) operations[i].index = static_cast<std::int64_t>(i);
}

void IterationImporter::append(const std::vector<TraceOperation>& lines) {
  result_.trace.operations.insert(result_.trace.operations.end(), lines.begin(), lines.end());
}

void IterationImporter::forward() {
  for (std::size_t i = 0; i < graph_.values.size(); ++i)
    wants_gradient_[i] = graph_.values[i].role == Role::parameter;
  for (const Node& node : graph_.nodes) {
    steps_.push_back({&node, derive(graph_, node)});
    const Derivation& derivation = steps_.back().derivation;
    append(derivation.forward);
    if (!derivation.unmapped.empty()) ++result_.unmapped[derivation.unmapped];
    const bool wanted =
        std::any_of(derivation.gradients.begin(), derivation.gradients.end(),
                    [&](const Derivation::Gradient& gradient) { return wants_gradient_[gradient.value]; });
    for (const std::size_t output : node.outputs) {
      if (output != kNoValue && !graph_.values[output].integral) wants_gradient_[output] = wanted;
    }
  }
}

void IterationImporter::backward() {
  for (const std::size_t output : graph_.outputs) {
    has_gradient_[output] = wants_gradient_[output];
    covered_[output] = elements_of(graph_, output);
  }
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) backward_of(*step);
}

void IterationImporter::backward_of(const Step& step) {
  const auto& outputs = step.node->outputs;
  const auto output = std::find_if(outputs.begin(), outputs.end(), [&](std::size_t value) {
    return value != kNoValue && has_gradient_[value];
  });
  if (output == outputs.end()) return;
  // What only moves data hands on the gradient of the layer behind it.
  const Derivation& derivation = step.derivation;
  const std::string layer = derivation.forward.empty() && !gradient_layer_[*output].empty()
                                ? gradient_layer_[*output]
                                : step.node->name;
  append(derivation.backward);
  for (const Derivation::Gradient& gradient : derivation.gradients) {
    if (!wants_gradient_[gradient.value]) continue;
    append(gradient.lines);
    add_gradient(gradient, layer);
  }
}

// Gradients of parts that do not overlap stand beside each other; any others are added.
void IterationImporter::add_gradient(const Derivation::Gradient& gradient, const std::string& layer) {
  const std::size_t value = gradient.value;
  const auto& shape = graph_.values[value].shape;
  const std::int64_t elements = elements_of(graph_, value);
  const std::int64_t part = std::min(gradient.part.value_or(elements), elements);
  if (has_gradient_[value] && part > elements - covered_[value]) {
    append({vector_line(gradient_layer_[value], "add", Pass::backward, *shape)});
  }
  covered_[value] = std::min(elements, covered_[value] + part);
  if (has_gradient_[value]) return;
  has_gradient_[value] = true;
  gradient_layer_[value] = layer;
  if (graph_.values[value].role == Role::parameter && shape) trained_.push_back(value);
}

void IterationImporter::append_updates() {
  for (const std::size_t value : trained_) {
    const Value& parameter = graph_.values[value];
    append({update_line(gradient_layer_[value], parameter.name, *parameter.shape)});
  }
}

void IterationImporter::note_what_is_not_trained() {
  constexpr std::size_t kMostNames = 3;
  const auto note = [&](std::string_view what, const std::vector<std::string>& names) {
    if (names.empty()) return;
    const std::vector<std::string> first(
        names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kMostNames)));
    result_.notes.push_back(fmt::format("{}: {} ({}{}).", what, names.size(), fmt::join(first, ", "),
                                        names.size() > kMostNames ? ", ..." : ""));
  };
  std::vector<std::string> frozen, unreached;
  for (std::size_t i = 0; i < graph_.values.size(); ++i) {
    if (graph_.values[i].role == Role::frozen) frozen.push_back(graph_.values[i].name);
    if (graph_.values[i].role == Role::parameter && !has_gradient_[i])
      unreached.push_back(graph_.values[i].name);
  }
  note("Frozen by the model", frozen);
  note("Not trained, because no gradient reaches them", unreached);
  const bool has_loss = std::any_of(graph_.nodes.begin(), graph_.nodes.end(),
                                    [](const Node& node) { return node.op.ends_with("Loss"); });
  if (!has_loss) {
    std::vector<std::string> outputs;
    for (const std::size_t output : graph_.outputs) outputs.push_back(graph_.values[output].name);
    result_.notes.push_back(fmt::format("The model has no loss: the gradient of {} is taken as given.",
                                        fmt::join(outputs, ", ")));
  }
}

}  // namespace lnsim::onnx
