#include "tools/import/pytorch_context.h"

#include <unordered_map>

namespace lnsim::pytorch {

namespace {

constexpr std::string_view kEvaluation = "autograd::engine::evaluate_function: ";

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

}  // namespace

bool is_evaluation(std::string_view name) {
  return name.starts_with(kEvaluation);
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
    const bool evaluation = is_evaluation(node.name);
    if (!evaluation && node.scope != Scope::backward_function) continue;
    const auto called = functions.find(i);
    const std::size_t function = !evaluation ? i : called == functions.end() ? kNoNode : called->second;
    context.backward = true;
    context.function = function;
    context.sequence = function == kNoNode ? -1 : nodes[function].sequence;
  }
  return contexts;
}

}  // namespace lnsim::pytorch
