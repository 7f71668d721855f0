#include "models/update/update_rule.h"

#include <cmath>
#include <stdexcept>

#include "models/update/adam.h"
#include "models/update/madam.h"
#include "models/update/sgd.h"

namespace lnsim {

void UpdateCounts::count_weights(const arith::QuantiseCounts& losses) {
  saturated += losses.saturated;
  underflowed += losses.underflow_clamped + losses.underflow_flushed;
}

void UpdateCounts::count_state(const arith::QuantiseCounts& losses) {
  state_saturated += losses.saturated;
  state_underflowed += losses.underflow_clamped + losses.underflow_flushed;
}

UpdateCounts& UpdateCounts::operator+=(const UpdateCounts& o) {
  values += o.values;
  unchanged += o.unchanged;
  zero_steps += o.zero_steps;
  zero_weights += o.zero_weights;
  clamped_gradients += o.clamped_gradients;
  saturated += o.saturated;
  underflowed += o.underflowed;
  state_saturated += o.state_saturated;
  state_underflowed += o.state_underflowed;
  not_a_number += o.not_a_number;
  return *this;
}

std::unique_ptr<const UpdateRule> make_update_rule(const OptimizerParameters& parameters,
                                                   const UpdateFormats& formats, const UpdateStep& step) {
  if (formats.weight == nullptr || formats.gradient == nullptr || formats.moment == nullptr)
    throw std::invalid_argument("update: weight, gradient and moment formats must be given");
  if (!(step.learning_rate > 0) || !std::isfinite(step.learning_rate))
    throw std::invalid_argument("update: the learning rate must be positive and finite");
  if (step.step < 1) throw std::invalid_argument("update: the first step is 1");
  switch (parameters.kind) {
    case OptimizerKind::madam:
      return make_madam(parameters, formats, step);
    case OptimizerKind::sgd:
      return make_sgd(parameters, formats, step);
    case OptimizerKind::adam:
      return make_adam(parameters, formats, step);
  }
  throw std::invalid_argument("update: unknown rule");
}

}  // namespace lnsim
