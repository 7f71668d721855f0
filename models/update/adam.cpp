#include "models/update/adam.h"

#include <stdexcept>

#include "models/update/decay.h"
#include "models/update/storage.h"

namespace lnsim {
namespace {

using arith::Code;
using arith::F32;

// decay * average + (1 - decay) * x.
struct MovingAverage {
  MovingAverage(double decay, std::int64_t step)
      : decay_(arith::f32_from_double(decay)),
        one_minus_decay_(arith::f32_round(one_minus_power(decay, 1))),
        correction_(arith::f32_round(one_minus_power(decay, step))) {}

  F32 next(F32 average, F32 x) const {
    return arith::f32_fma(one_minus_decay_, x, arith::f32_multiply(decay_, average));
  }
  F32 unbiased(F32 average) const { return arith::f32_divide(average, correction_); }

 private:
  F32 decay_;
  F32 one_minus_decay_;
  F32 correction_;
};

class Adam final : public UpdateRule {
 public:
  Adam(const OptimizerParameters& parameters, const UpdateFormats& formats, const UpdateStep& step)
      : weight_(*formats.weight, step.weight_scale, step.seed, kWeightStream),
        gradient_(*formats.gradient, step.gradient_scale, step.seed, kWeightStream),
        first_state_(*formats.moment, step.state_scales[0], step.seed, kFirstStateStream),
        second_state_(*formats.moment, step.state_scales[1], step.seed, kSecondStateStream),
        first_(parameters.momentum, step.step),
        second_(parameters.beta, step.step),
        epsilon_(arith::f32_from_double(parameters.epsilon)),
        minus_rate_(arith::f32_from_double(-step.learning_rate)) {}

  void apply(std::uint64_t first_index, std::span<Code> weights, std::span<const Code> gradients,
             std::span<Code> state, UpdateCounts& counts) const override;

 private:
  F32 direction(F32 m, F32 v) const {
    const F32 root = arith::f32_sqrt(second_.unbiased(v));
    return arith::f32_divide(first_.unbiased(m), arith::f32_add(root, epsilon_));
  }

  Storage weight_;
  Storage gradient_;
  Storage first_state_;
  Storage second_state_;
  MovingAverage first_;
  MovingAverage second_;
  F32 epsilon_;
  F32 minus_rate_;
};

void Adam::apply(std::uint64_t first_index, std::span<Code> weights, std::span<const Code> gradients,
                 std::span<Code> state, UpdateCounts& counts) const {
  if (gradients.size() != weights.size() || state.size() != 2 * weights.size())
    throw std::invalid_argument("adam: needs one gradient and two state values per weight");
  const auto first = state.first(weights.size()), second = state.last(weights.size());
  arith::QuantiseCounts weight_losses, state_losses;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    ++counts.values;
    const std::uint64_t index = first_index + i;
    const F32 g = gradient_.load(gradients[i]);
    const F32 m = first_.next(first_state_.load(first[i]), g);
    const F32 v = second_.next(second_state_.load(second[i]), arith::f32_multiply(g, g));
    const F32 w = arith::f32_fma(minus_rate_, direction(m, v), weight_.load(weights[i]));
    if (arith::f32_is_nan(w)) {
      ++counts.not_a_number;
      ++counts.unchanged;
      continue;
    }
    first[i] = first_state_.store(m, index, state_losses);
    second[i] = second_state_.store(v, index, state_losses);
    const Code old = weights[i];
    weights[i] = weight_.store(w, index, weight_losses);
    counts.unchanged += weights[i] == old ? 1 : 0;
  }
  counts.count_weights(weight_losses);
  counts.count_state(state_losses);
}

}  // namespace

std::unique_ptr<const UpdateRule> make_adam(const OptimizerParameters& parameters,
                                            const UpdateFormats& formats, const UpdateStep& step) {
  if (!(parameters.momentum >= 0 && parameters.momentum < 1) ||
      !(parameters.beta >= 0 && parameters.beta < 1))
    throw std::invalid_argument("adam: momentum and beta must be in 0..1, below 1");
  if (!(parameters.epsilon >= 0)) throw std::invalid_argument("adam: epsilon must not be negative");
  return std::make_unique<const Adam>(parameters, formats, step);
}

}  // namespace lnsim
