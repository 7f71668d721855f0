#include "models/update/sgd.h"

#include <stdexcept>

#include "models/update/storage.h"

namespace lnsim {
namespace {

using arith::Code;
using arith::F32;

class Sgd final : public UpdateRule {
 public:
  Sgd(const OptimizerParameters& parameters, const UpdateFormats& formats, const UpdateStep& step)
      : weight_(*formats.weight, step.weight_scale, step.seed, kWeightStream),
        gradient_(*formats.gradient, step.gradient_scale, step.seed, kWeightStream),
        momentum_state_(*formats.moment, step.state_scales[0], step.seed, kFirstStateStream),
        momentum_(arith::f32_from_double(parameters.momentum)),
        minus_rate_(arith::f32_from_double(-step.learning_rate)) {}

  void apply(std::uint64_t first_index, std::span<Code> weights, std::span<const Code> gradients,
             std::span<Code> state, UpdateCounts& counts) const override;

 private:
  Storage weight_;
  Storage gradient_;
  Storage momentum_state_;
  F32 momentum_;
  F32 minus_rate_;
};

void Sgd::apply(std::uint64_t first_index, std::span<Code> weights, std::span<const Code> gradients,
                std::span<Code> state, UpdateCounts& counts) const {
  if (gradients.size() != weights.size() || state.size() != weights.size())
    throw std::invalid_argument("sgd: needs one gradient and one state value per weight");
  arith::QuantiseCounts weight_losses, state_losses;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    ++counts.values;
    const std::uint64_t index = first_index + i;
    const F32 m = arith::f32_fma(momentum_, momentum_state_.load(state[i]), gradient_.load(gradients[i]));
    const F32 w = arith::f32_fma(minus_rate_, m, weight_.load(weights[i]));
    if (arith::f32_is_nan(m) || arith::f32_is_nan(w)) {
      ++counts.not_a_number;
      ++counts.unchanged;
      continue;
    }
    state[i] = momentum_state_.store(m, index, state_losses);
    const Code old = weights[i];
    weights[i] = weight_.store(w, index, weight_losses);
    counts.unchanged += weights[i] == old ? 1 : 0;
  }
  counts.count_weights(weight_losses);
  counts.count_state(state_losses);
}

}  // namespace

std::unique_ptr<const UpdateRule> make_sgd(const OptimizerParameters& parameters,
                                           const UpdateFormats& formats, const UpdateStep& step) {
  if (!(parameters.momentum >= 0 && parameters.momentum < 1))
    throw std::invalid_argument("sgd: momentum must be in 0..1, below 1");
  return std::make_unique<const Sgd>(parameters, formats, step);
}

}  // namespace lnsim
