// The arithmetic of a weight-update unit, bit by bit and without time: one step of an optimizer on codes.
//
// The weights live only as codes of the update format. A parameter's optimizer state is state_values() codes
// of the moment format. Rules are elementwise; `index` of an element plays no part in its result except
// through the random stream.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "models/arith/number_format.h"
#include "models/parameters.h"

namespace lnsim {

// Codes of the moment format that the unit stores, and moves, per parameter.
constexpr unsigned state_values(OptimizerKind kind) {
  return kind == OptimizerKind::adam ? 2 : 1;
}

// What a step did and lost.
struct UpdateCounts {
  std::uint64_t values = 0;
  std::uint64_t unchanged = 0;          // stored code is the old one
  std::uint64_t zero_steps = 0;         // of which: the step itself rounded to zero (madam: g* = 0)
  std::uint64_t zero_weights = 0;       // madam: a zero weight stays zero
  std::uint64_t clamped_gradients = 0;  // madam: |g / sqrt(v_hat)| above the bound, before rounding
  std::uint64_t saturated = 0;          // new weight beyond the largest code
  std::uint64_t underflowed = 0;        // new weight below the smallest code
  UpdateCounts& operator+=(const UpdateCounts& o);
  bool operator==(const UpdateCounts&) const = default;
};

// The formats a rule works on; they must outlive it.
struct UpdateFormats {
  const arith::NumberFormat* weight = nullptr;    // stored weights
  const arith::NumberFormat* gradient = nullptr;  // weight gradients
  const arith::NumberFormat* moment = nullptr;    // optimizer state
};

// What varies from tensor to tensor and from step to step.
struct UpdateStep {
  std::int64_t step = 1;  // 1 for the first one: bias correction
  double learning_rate = 0.0078125;
  arith::Scale weight_scale;  // same before and after
  arith::Scale gradient_scale;
  std::array<arith::Scale, 2> state_scales{};  // of the first and the second state value
  std::uint64_t seed = 0;                      // of the stochastic rounding, if the weight format asks for it
};

class UpdateRule {
 public:
  virtual ~UpdateRule() = default;

  // Weights and state in place, for the elements first_index, first_index + 1, ... of a tensor: however a
  // tensor is cut into calls, the result is the same. `state` holds state_values() arrays of weights.size()
  // codes, one after the other: madam v; sgd m; adam m, v. Throws std::invalid_argument when sizes do not
  // fit.
  virtual void apply(std::uint64_t first_index, std::span<arith::Code> weights,
                     std::span<const arith::Code> gradients, std::span<arith::Code> state,
                     UpdateCounts& counts) const = 0;
};

// Throws std::invalid_argument for formats the rule cannot work on (madam: weights must be LNS) and steps
// below 1.
std::unique_ptr<const UpdateRule> make_update_rule(const OptimizerParameters& parameters,
                                                   const UpdateFormats& formats, const UpdateStep& step);

}  // namespace lnsim
