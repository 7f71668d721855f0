#include "sim/run/trace_operators.h"

#include <algorithm>
#include <array>

#include "sim/base/errors.h"

namespace lnsim {

namespace {

constexpr std::array kProductPasses{Pass::forward, Pass::input_gradient, Pass::weight_gradient};
constexpr std::array kVectorPasses{Pass::forward, Pass::backward};
constexpr std::array kUpdatePasses{Pass::update};

constexpr std::array kOperators{
    TraceOperator{"conv2d", true, kProductPasses},     TraceOperator{"linear", true, kProductPasses},
    TraceOperator{"matmul", true, kProductPasses},     TraceOperator{"bmm", true, kProductPasses},
    TraceOperator{"batch_norm", false, kVectorPasses}, TraceOperator{"layer_norm", false, kVectorPasses},
    TraceOperator{"relu", false, kVectorPasses},       TraceOperator{"gelu", false, kVectorPasses},
    TraceOperator{"softmax", false, kVectorPasses},    TraceOperator{"max_pool", false, kVectorPasses},
    TraceOperator{"avg_pool", false, kVectorPasses},   TraceOperator{"add", false, kVectorPasses},
    TraceOperator{"mul", false, kVectorPasses},        TraceOperator{"sum", false, kVectorPasses},
    TraceOperator{"dropout", false, kVectorPasses},    TraceOperator{"embedding", false, kVectorPasses},
    TraceOperator{"loss", false, kVectorPasses},       TraceOperator{"update", false, kUpdatePasses},
};

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
