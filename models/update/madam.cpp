#include "models/update/madam.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <stdexcept>
#include <vector>

#include "models/arith/f32_log2.h"
#include "models/arith/lns_layout.h"
#include "models/arith/log2_fixed.h"
#include "models/arith/softfloat_f32.h"
#include "models/arith/uint128.h"
#include "models/update/decay.h"
#include "models/update/random_word.h"
#include "models/update/storage.h"

namespace lnsim {
namespace {

using arith::Code;
using arith::F32;
using arith::Normalised;

// Of arith::f32_log2.
constexpr std::int64_t kOne = std::int64_t{1} << arith::kF32Log2FractionBits;

// learning_rate * gamma * |g*| code steps, as whole.rest with rest in units of 2^-64, a lost bit jammed into
// the last.
struct Steps {
  std::int64_t whole;
  std::uint64_t rest;
};

Steps exact_steps(const Normalised& rate, unsigned gamma, std::uint64_t g) {
  constexpr std::int64_t kBeyondEveryCode = 1 << 17;
  if (g == 0) return {0, 0};
  // 53 bits of the rate times 10 of g.
  const std::uint64_t product = (rate.significand >> 11) * g;
  const int exponent = rate.exponent - 52 + std::countr_zero(gamma);  // of the product's bit 0
  const int top = exponent + static_cast<int>(std::bit_width(product));
  if (top > 17) return {kBeyondEveryCode, 0};
  if (top < -63) return {0, 1};
  // The product at bit 64 of 128, then to its place: at most 63 + 64 bits down.
  const int shift = 64 + exponent;
  const arith::Uint128 wide = product;
  const arith::Uint128 placed = shift >= 0 ? wide << shift : wide >> -shift;
  const bool lost = shift < 0 && placed << -shift != wide;
  return {static_cast<std::int64_t>(arith::high64(placed)), arith::low64(placed) | (lost ? 1 : 0)};
}

std::int64_t round_half_even(const Steps& steps) {
  constexpr std::uint64_t kHalf = std::uint64_t{1} << 63;
  const bool up = steps.rest > kHalf || (steps.rest == kHalf && (steps.whole & 1) != 0);
  return steps.whole + (up ? 1 : 0);
}

std::int64_t round_stochastic(const Steps& steps, std::uint32_t random) {
  return steps.whole + static_cast<std::int64_t>(((steps.rest >> 32) + random) >> 32);
}

std::optional<arith::LnsLayout> lns_layout(const arith::NumberFormat& format) {
  if (format.parameters().kind != arith::FormatKind::lns) return std::nullopt;
  return arith::LnsLayout(format.parameters());
}

class Madam final : public UpdateRule {
 public:
  Madam(const OptimizerParameters& parameters, const UpdateFormats& formats, const UpdateStep& step);

  void apply(std::uint64_t first_index, std::span<Code> weights, std::span<const Code> gradients,
             std::span<Code> state, UpdateCounts& counts) const override;

 private:
  // v of the next step, in single precision.
  F32 second_moment(F32 gradient, F32 v) const;
  // 2 log2 |gradient|, for a gradient that is not zero.
  std::int64_t twice_log2_gradient(Code code, F32 gradient) const;
  // |g*|.
  std::uint64_t normalised_gradient(Code code, F32 gradient, F32 v, UpdateCounts& counts) const;
  Code move(Code weight, bool gradient_negative, std::int64_t steps, UpdateCounts& counts) const;

  arith::LnsLayout weight_layout_;
  bool stochastic_;
  UpdateStep step_;
  Storage gradient_;
  Storage state_;
  std::optional<arith::LnsLayout> gradient_layout_;  // of LNS gradients
  F32 beta_;
  F32 one_minus_beta_;
  std::int64_t log2_correction_;  // log2(1 - beta^step)
  std::int64_t log2_bound_;       // 2 log2(bound)
  // 2 log2(j + 1/2) for j below round(bound), less one unit where a tie goes up.
  std::vector<std::int64_t> midpoints_;
  std::vector<Steps> steps_;  // by |g*|
};

Madam::Madam(const OptimizerParameters& parameters, const UpdateFormats& formats, const UpdateStep& step)
    : weight_layout_(formats.weight->parameters()),
      stochastic_(formats.weight->parameters().rounding == arith::Rounding::stochastic),
      step_(step),
      gradient_(*formats.gradient, step.gradient_scale, step.seed, kFirstStateStream),
      state_(*formats.moment, step.state_scales[0], step.seed, kFirstStateStream),
      gradient_layout_(lns_layout(*formats.gradient)),
      beta_(arith::f32_from_double(parameters.beta)),
      one_minus_beta_(arith::f32_round(one_minus_power(parameters.beta, 1))),
      log2_correction_(arith::round_log2(arith::log2_fixed(one_minus_power(parameters.beta, step.step)))),
      log2_bound_(arith::round_log2(2 * arith::log2_fixed(arith::from_double(parameters.gradient_bound)))) {
  const Normalised rate = arith::from_double(step.learning_rate);
  const unsigned gamma = formats.weight->parameters().gamma;
  // round(min(x, bound)) = min(round(x), round(bound)).
  const Normalised bound = arith::from_double(parameters.gradient_bound);
  const auto largest = static_cast<std::uint64_t>(round_half_even(exact_steps(bound, 1, 1)));
  for (std::uint64_t g = 0; g <= largest; ++g) {
    steps_.push_back(exact_steps(rate, gamma, g));
    if (g == largest) break;
    const std::int64_t midpoint =
        arith::round_log2(2 * arith::log2_fixed(arith::normalise(false, 2 * g + 1, -1)));
    midpoints_.push_back(g % 2 == 0 ? midpoint : midpoint - 1);
  }
}

F32 Madam::second_moment(F32 gradient, F32 v) const {
  return arith::f32_fma(one_minus_beta_, arith::f32_multiply(gradient, gradient),
                        arith::f32_multiply(beta_, v));
}

std::int64_t Madam::twice_log2_gradient(Code code, F32 gradient) const {
  if (!gradient_layout_) return 2 * arith::f32_log2(gradient);
  const std::int64_t numerator =
      std::int64_t{gradient_layout_->decode(code).exponent} + step_.gradient_scale.k;
  return numerator * (2 * kOne >> gradient_layout_->log2_gamma());
}

std::uint64_t Madam::normalised_gradient(Code code, F32 gradient, F32 v, UpdateCounts& counts) const {
  if (arith::f32_is_zero(gradient) || arith::f32_is_infinite(v)) return 0;
  if (arith::f32_is_zero(v)) {
    ++counts.clamped_gradients;
    return midpoints_.size();
  }
  const std::int64_t log2_square =
      twice_log2_gradient(code, gradient) - arith::f32_log2(v) + log2_correction_;
  if (log2_square > log2_bound_) ++counts.clamped_gradients;
  const auto below = std::lower_bound(midpoints_.begin(), midpoints_.end(), log2_square);
  return static_cast<std::uint64_t>(below - midpoints_.begin());
}

Code Madam::move(Code weight, bool gradient_negative, std::int64_t steps, UpdateCounts& counts) const {
  const auto [zero, negative, exponent] = weight_layout_.decode(weight);
  if (zero) {
    ++counts.zero_weights;
    return weight;
  }
  // Down the gradient: away from zero where the signs differ.
  const std::int64_t moved = exponent + (gradient_negative == negative ? -steps : steps);
  const std::int64_t bottom = weight_layout_.lowest(negative), top = weight_layout_.top();
  counts.saturated += moved > top ? 1 : 0;
  counts.underflowed += moved < bottom ? 1 : 0;
  return weight_layout_.encode(negative, static_cast<std::int32_t>(std::clamp(moved, bottom, top)));
}

void Madam::apply(std::uint64_t first_index, std::span<Code> weights, std::span<const Code> gradients,
                  std::span<Code> state, UpdateCounts& counts) const {
  if (gradients.size() != weights.size() || state.size() != weights.size())
    throw std::invalid_argument("madam: needs one gradient and one state value per weight");
  arith::QuantiseCounts state_counts;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    ++counts.values;
    const std::uint64_t index = first_index + i;
    const F32 gradient = gradient_.load(gradients[i]);
    const F32 v = second_moment(gradient, state_.load(state[i]));
    if (arith::f32_is_nan(v)) {
      ++counts.not_a_number;
      ++counts.unchanged;
      continue;
    }
    state[i] = state_.store(v, index, state_counts);
    const std::uint64_t g = normalised_gradient(gradients[i], gradient, v, counts);
    counts.zero_steps += g == 0 ? 1 : 0;
    const std::int64_t steps =
        stochastic_ ? round_stochastic(steps_[g], random_word(step_.seed, kWeightStream, index))
                    : round_half_even(steps_[g]);
    const Code old = weights[i];
    weights[i] = move(old, arith::f32_is_negative(gradient), steps, counts);
    counts.unchanged += weights[i] == old ? 1 : 0;
  }
  counts.count_state(state_counts);
}

}  // namespace

std::unique_ptr<const UpdateRule> make_madam(const OptimizerParameters& parameters,
                                             const UpdateFormats& formats, const UpdateStep& step) {
  if (formats.weight->parameters().kind != arith::FormatKind::lns)
    throw std::invalid_argument("madam: the weights' update format must be lns");
  if (!(parameters.gradient_bound >= 1 && parameters.gradient_bound <= 1000))
    throw std::invalid_argument("madam: gradient_bound must be in 1..1000");
  return std::make_unique<const Madam>(parameters, formats, step);
}

}  // namespace lnsim
