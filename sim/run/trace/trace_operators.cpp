#include "sim/run/trace/trace_operators.h"

#include <algorithm>
#include <array>

#include "sim/base/errors.h"
#include "sim/run/compile/operators.h"

namespace lnsim {

namespace {

constexpr std::array<std::string_view, 4> kProducts{"conv2d", "linear", "matmul", "bmm"};
constexpr std::array kProductPasses{Pass::forward, Pass::input_gradient, Pass::weight_gradient};
constexpr std::array kVectorPasses{Pass::forward, Pass::backward};
constexpr std::array kUpdatePasses{Pass::update};

}  // namespace

std::vector<std::string> trace_operator_names() {
  return operator_names();
}

TraceOperator trace_operator(std::string_view name) {
  if (std::find(kProducts.begin(), kProducts.end(), name) != kProducts.end())
    return {name, true, kProductPasses};
  if (name == "update") return {name, false, kUpdatePasses};
  const auto rows = vector_operators();
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const VectorOperator& row) { return row.name == name; });
  if (found == rows.end()) throw ModelError("no operator " + std::string(name));
  return {found->name, false, kVectorPasses};
}

}  // namespace lnsim
