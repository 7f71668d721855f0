#include "tools/import/pytorch_context.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "tools/import/pytorch_operators.h"

namespace lnsim::pytorch {

namespace {

constexpr std::string_view kEvaluation = "autograd::engine::evaluate_function: ";
constexpr std::string_view kOptimizerStep = "Optimizer.step#";

constexpr std::array<std::string_view, 6> kProducts{"aten::convolution", "aten::convolution_backward",
                                                    "aten::mm",          "aten::addmm",
                                                    "aten::bmm",         "aten::baddbmm"};

// The backward function that each evaluation calls: what the engine does around it (bias sums, adding up
// gradients) belongs to it too.
std::unordered_map<std::size_t, std::size_t> functions_by_evaluation(const std::vector<Node>& nodes) {
  std::unordered_map<std::size_t, std::size_t> functions;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].scope == Scope::backward_function && nodes[i].parent != kNoNode) {
      functions.emplace(nodes[i].parent, i);
    }
  }
  return functions;
}

std::vector<StepRange> labelled_steps(const std::vector<Node>& nodes) {
  std::vector<StepRange> steps;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!nodes[i].has_prefix("ProfilerStep#")) continue;
    if (!steps.empty()) steps.back().last = i;
    steps.push_back({i, nodes.size()});
  }
  return steps;
}

std::vector<StepRange> optimizer_steps(const std::vector<Node>& nodes) {
  std::vector<StepRange> steps{{0, nodes.size()}};
  std::vector<bool> inside(nodes.size(), false);
  bool was_inside = false;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::size_t parent = nodes[i].parent;
    inside[i] = nodes[i].has_prefix(kOptimizerStep) || (parent != kNoNode && inside[parent]);
    if (was_inside && !inside[i]) {
      steps.back().last = i;
      steps.push_back({i, nodes.size()});
    }
    was_inside = inside[i];
  }
  return steps;
}

}  // namespace

bool is_product(const Node& node) {
  return std::find(kProducts.begin(), kProducts.end(), node.name) != kProducts.end() ||
         is_fused_attention(node.name);
}

std::vector<Context> contexts_of(const std::vector<Node>& nodes) {
  const auto functions = functions_by_evaluation(nodes);
  std::vector<Context> contexts(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Node& node = nodes[i];
    Context& context = contexts[i];
    if (node.parent != kNoNode) context = contexts[node.parent];
    if (node.has_prefix("Optimizer.")) context.optimizer = true;
    if (node.name == "aten::linear") context.linear = i;
    const bool evaluation = node.has_prefix(kEvaluation);
    if (!evaluation && node.scope != Scope::backward_function) continue;
    const auto called = functions.find(i);
    const std::size_t function = !evaluation ? i : called == functions.end() ? kNoNode : called->second;
    context.backward = true;
    context.function = function;
    context.sequence = function == kNoNode ? -1 : nodes[function].sequence;
  }
  return contexts;
}

std::vector<StepRange> steps_of(const std::vector<Node>& nodes) {
  std::vector<StepRange> steps = labelled_steps(nodes);
  if (steps.empty()) steps = optimizer_steps(nodes);
  std::erase_if(steps, [&](const StepRange& step) {
    const auto begin = nodes.begin() + static_cast<std::ptrdiff_t>(step.first);
    const auto end = nodes.begin() + static_cast<std::ptrdiff_t>(step.last);
    return std::none_of(begin, end, is_product);
  });
  return steps;
}

}  // namespace lnsim::pytorch
