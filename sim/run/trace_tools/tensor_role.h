// What a recorded tensor is, from the operations that name it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "sim/run/trace/trace.h"

namespace lnsim {

enum class TensorRole : std::uint8_t {
  weight,
  activation,       // an operand of a forward product
  error,            // the gradient of a layer's output, an operand of its backward products
  gradient,         // of weights, as their product gives it
  output,           // of a forward product
  input_gradient,   // of a product with respect to an operand that is no weight
  update_gradient,  // of weights, as the update takes it, where that is another tensor
  optimizer_state,
  new_weight,
  other  // of no product and no update
};
inline constexpr std::array<std::string_view, 10> kTensorRoleNames{
    "weight",         "activation",      "error",           "gradient",   "output",
    "input_gradient", "update_gradient", "optimizer_state", "new_weight", "other"};

// Of a product's operands a and b: weight, activation or error.
std::pair<TensorRole, TensorRole> operand_roles(const TraceOperation& product);

struct TensorPlace {
  TensorRole role = TensorRole::other;
  std::string layer;  // of the first operation that gives it this role; empty for others
};

// Of every tensor of the trace, by key. One with several roles counts as an operand before it counts as a
// result, and as that before its part in an update.
std::map<std::string, TensorPlace> tensor_places(const Trace& trace);

}  // namespace lnsim
