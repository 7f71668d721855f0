#include "sim/run/trace_operators.h"

#include <algorithm>
#include <array>

#include "sim/base/errors.h"

namespace lnsim {

namespace {

constexpr std::array kProductPasses{Pass::forward, Pass::input_gradient, Pass::weight_gradient};
constexpr std::array kVectorPasses{Pass::forward, Pass::backward};
constexpr std::array kUpdatePasses{Pass::update};

constexpr auto kOperators = std::to_array<TraceOperator>({
    {"conv2d", true, kProductPasses},
    {"linear", true, kProductPasses},
    {"matmul", true, kProductPasses},
    {"bmm", true, kProductPasses},
    {"batch_norm", false, kVectorPasses},
    {"group_norm", false, kVectorPasses},
    {"layer_norm", false, kVectorPasses},
    {"relu", false, kVectorPasses},
    {"gelu", false, kVectorPasses},
    {"tanh", false, kVectorPasses},
    {"sigmoid", false, kVectorPasses},
    {"silu", false, kVectorPasses},
    {"softmax", false, kVectorPasses},
    {"log_softmax", false, kVectorPasses},
    {"max_pool", false, kVectorPasses},
    {"max_pool2d", false, kVectorPasses},
    {"avg_pool", false, kVectorPasses},
    {"avg_pool2d", false, kVectorPasses},
    {"adaptive_avg_pool2d", false, kVectorPasses},
    {"add", false, kVectorPasses},
    {"sub", false, kVectorPasses},
    {"mul", false, kVectorPasses},
    {"div", false, kVectorPasses},
    {"scale", false, kVectorPasses},
    {"dropout", false, kVectorPasses},
    {"embedding", false, kVectorPasses},
    {"cross_entropy", false, kVectorPasses},
    {"loss", false, kVectorPasses},
    {"nll_loss", false, kVectorPasses},
    {"mse_loss", false, kVectorPasses},
    {"sum", false, kVectorPasses},
    {"mean", false, kVectorPasses},
    {"reduce", false, kVectorPasses},
    {"copy", false, kVectorPasses},
    {"transpose", false, kVectorPasses},
    {"cat", false, kVectorPasses},
    {"update", false, kUpdatePasses},
});

}  // namespace

std::vector<std::string> trace_operator_names() {
  std::vector<std::string> names;
  for (const TraceOperator& row : kOperators) names.emplace_back(row.name);
  return names;
}

const TraceOperator& trace_operator(std::string_view name) {
  const auto* found = std::find_if(kOperators.begin(), kOperators.end(),
                                   [&](const TraceOperator& row) { return row.name == name; });
  if (found == kOperators.end()) throw ModelError("no operator " + std::string(name));
  return *found;
}

}  // namespace lnsim
