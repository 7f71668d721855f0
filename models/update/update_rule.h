// The arithmetic of a weight-update unit, bit by bit and without time: one step of an optimizer on codes.
//
// The weights live only as codes of the update format. A parameter's optimizer state is state_values() codes
// of the moment format. Rules are elementwise; an element's index plays no part in its result except through
// the random stream. A result that is not a number (from infinite or NaN gradients) is counted and dropped:
// weight and state stay as they were.
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
  std::uint64_t unchanged = 0;          // the stored weight is the old one
  std::uint64_t zero_steps = 0;         // madam: g* = 0
  std::uint64_t zero_weights = 0;       // madam: a zero weight, which stays zero
  std::uint64_t clamped_gradients = 0;  // madam: |g / sqrt(v_hat)| above the bound
  std::uint64_t saturated = 0;          // new weight beyond the largest code
  std::uint64_t underflowed = 0;      // new weight below the smallest code: clamped to it, or flushed to zero
  std::uint64_t state_saturated = 0;  // state beyond the moment format's largest code
  std::uint64_t state_underflowed = 0;  // state below its smallest code
  std::uint64_t not_a_number = 0;
  // Adds what rounding to the weight's, and to the moment's, format lost.
  void count_weights(const arith::QuantiseCounts& losses);
  void count_state(const arith::QuantiseCounts& losses);
  UpdateCounts& operator+=(const UpdateCounts& o);
  bool operator==(const UpdateCounts&) const = default;
};

// The formats a rule works on; they must outlive it.
struct UpdateFormats {
  const arith::NumberFormat* weight = nullptr;    // stored weights
  const arith::NumberFormat* gradient = nullptr;  // weight gradients
  const arith::NumberFormat* moment = nullptr;    // optimizer state
};

// What varies from tensor to tensor and from step to step. Scales must keep all values within the range of
// double.
struct UpdateStep {
  std::int64_t step = 1;  // 1 for the first one: bias correction
  double learning_rate = 0.0078125;
  arith::Scale weight_scale;  // the same before and after
  arith::Scale gradient_scale;
  std::array<arith::Scale, 2> state_scales{};  // of the first and the second state value
  std::uint64_t seed = 0;                      // of stochastic rounding, where a format asks for it
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

// The rule's kind, decays, epsilon and bound come from `parameters`, its learning rate from `step`. Throws
// std::invalid_argument for formats the rule cannot work on (madam: weights must be LNS), a learning rate
// that is not positive and finite, and steps below 1.
std::unique_ptr<const UpdateRule> make_update_rule(const OptimizerParameters& parameters,
                                                   const UpdateFormats& formats, const UpdateStep& step);

}  // namespace lnsim
