#include "models/update/madam.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <stdexcept>

#include "models/update/decay.h"
#include "models/update/random_word.h"
#include "tests/unit/models/update_harness.h"

namespace lnsim {
namespace {

using arith::Code;

constexpr Code kSign16 = 0x8000;

// 16-bit weights in gamma 2048: at the default rate of 2^-7 one unit of g* is 16 code steps.
UpdateHarness lns16(const arith::FormatParameters& gradient = lns_parameters(8, 8),
                    const arith::FormatParameters& moment = fp32_parameters()) {
  UpdateHarness h(lns_parameters(16, 2048), gradient, moment);
  h.step.weight_scale = {-8192};  // 1.0 has the code 8192
  return h;
}

// The second moment before a step whose v_hat gives |g*| = ratio for this gradient (late steps: no bias).
double moment_for(double gradient, double ratio) {
  return (gradient * gradient / (ratio * ratio) - 0.001 * gradient * gradient) / 0.999;
}

// Late enough for 1 - beta^step to be 1.
constexpr std::int64_t kLate = 1000000;

TEST(Madam, the_first_step_moves_every_weight_by_one_unit_against_its_gradient) {
  UpdateHarness h = lns16();
  h.step.gradient_scale = {-160};
  for (Code gradient = 0; gradient < 256; ++gradient)
    for (const Code weight : {Code{5000}, kSign16 | Code{5000}}) {
      h.weights.push_back(weight);
      h.gradients.push_back(gradient);
      h.state.push_back(0);
    }
  const UpdateCounts counts = h.apply();
  for (std::size_t i = 0; i < h.weights.size(); ++i) {
    const Code gradient = static_cast<Code>(i / 2);
    const bool weight_negative = i % 2 != 0, gradient_negative = gradient >= 128;
    Code expected = weight_negative == gradient_negative ? 5000 - 16 : 5000 + 16;
    if (gradient == 128) expected = 5000;  // zero
    ASSERT_EQ(h.weights[i], expected | (weight_negative ? kSign16 : 0)) << gradient;
  }
  UpdateCounts expected_counts;
  expected_counts.values = 512;
  expected_counts.unchanged = 2;
  expected_counts.zero_steps = 2;
  EXPECT_EQ(counts, expected_counts);
}

TEST(Madam, the_second_moment_is_the_hosts_single_precision_recurrence) {
  UpdateHarness h = lns16(fp32_parameters());
  std::mt19937_64 random(10);
  std::lognormal_distribution<float> magnitude(-8.0f, 4.0f);
  std::vector<float> expected;
  for (int i = 0; i < 2000; ++i) {
    const float g = magnitude(random), v = magnitude(random);
    h.add(1.0, static_cast<double>(g), static_cast<double>(v));
    expected.push_back(std::fma(static_cast<float>(1 - 0.999), g * g, 0.999f * v));
  }
  h.apply();
  for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(float_of(h.state[i]), expected[i]);
}

TEST(Madam, normalised_gradients_round_to_the_nearest_integer) {
  for (int j = 0; j < 10; ++j)
    for (const double part : {-0.499, -0.25, 0.0, 0.25, 0.499}) {
      if (j + part <= 0) continue;
      UpdateHarness h = lns16(fp32_parameters());
      h.step.step = kLate;
      h.add(-1.0, 1e-3, moment_for(1e-3, j + part));
      const Code before = h.weights[0];
      const UpdateCounts counts = h.apply();
      EXPECT_EQ(h.weights[0], before + static_cast<Code>(16 * j)) << j + part;
      EXPECT_EQ(counts.zero_steps, j == 0 ? 1u : 0u);
      EXPECT_EQ(counts.clamped_gradients, 0u);
    }
}

TEST(Madam, normalised_gradients_stop_at_the_bound_and_are_counted) {
  UpdateHarness h = lns16(fp32_parameters());
  h.step.step = kLate;
  for (const double ratio : {9.99, 10.01, 12.0, 31.0}) h.add(1.0, 1e-3, moment_for(1e-3, ratio));
  h.add(1.0, 1e-30, 0.0);  // its square is below single precision: v = 0
  const Code before = h.weights[0];
  const UpdateCounts counts = h.apply();
  for (const Code weight : h.weights) EXPECT_EQ(weight, before - 160);
  EXPECT_EQ(counts.clamped_gradients, 4u);
  // A bound between integers clamps before it rounds: min(x, 2.5) is 2.5, and that goes to 2.
  UpdateHarness fractional = lns16(fp32_parameters());
  fractional.step.step = kLate;
  fractional.optimizer.gradient_bound = 2.5;
  fractional.add(1.0, 1e-3, moment_for(1e-3, 5.0));
  fractional.apply();
  EXPECT_EQ(fractional.weights[0], before - 32);
}

TEST(Madam, zero_over_zero_moves_nothing) {
  UpdateHarness h = lns16();
  h.add(1.0, 0.0, 0.0);
  h.add(1.0, 0.0, 0.5);
  const std::vector<Code> before = h.weights;
  const UpdateCounts counts = h.apply();
  EXPECT_EQ(h.weights, before);
  EXPECT_EQ(counts.zero_steps, 2u);
  EXPECT_EQ(float_of(h.state[1]), 0.999f * 0.5f);
}

TEST(Madam, zero_weights_never_move_and_signs_never_flip) {
  for (const auto zero : {arith::ZeroCode::reserved, arith::ZeroCode::flag}) {
    UpdateHarness h(lns_parameters(10, 32, zero), lns_parameters(8, 8), fp32_parameters());
    std::mt19937_64 random(11);
    for (Code code = 0; code < 1024; ++code) {
      h.weights.push_back(code);
      h.gradients.push_back(static_cast<Code>(random() & 0xff));
      h.state.push_back(0);
    }
    h.weights.push_back(h.weight->zero_code());
    h.gradients.push_back(3);
    h.state.push_back(0);
    h.step.learning_rate = 4.0;  // 128 code steps of 512 at least
    const std::vector<Code> before = h.weights;
    for (h.step.step = 1; h.step.step < 30; ++h.step.step) {
      for (Code& gradient : h.gradients) gradient = static_cast<Code>(random() & 0xff);
      const UpdateCounts counts = h.apply();
      ASSERT_GE(counts.zero_weights, 1u);
      ASSERT_GT(counts.saturated, 0u);
      ASSERT_GT(counts.underflowed, 0u);
      for (std::size_t i = 0; i < before.size(); ++i) {
        if (before[i] == h.weight->zero_code()) {
          ASSERT_EQ(h.weights[i], before[i]);
        } else {
          ASSERT_NE(h.weights[i], h.weight->zero_code());
          ASSERT_EQ(h.weights[i] >> 9, before[i] >> 9);
        }
      }
    }
  }
}

TEST(Madam, weights_clamp_to_their_signs_code_range) {
  UpdateHarness h = lns16();
  h.weights = {0x7ff8, kSign16 | 0x7ff8, 7, kSign16 | 7};
  h.gradients = {128 + 5, 5, 5, 128 + 5};
  h.state = {0, 0, 0, 0};
  const UpdateCounts counts = h.apply();
  // Zero holds the code of the smallest negative magnitude.
  EXPECT_EQ(h.weights, (std::vector<Code>{0x7fff, 0xffff, 0, kSign16 | 1}));
  EXPECT_EQ(counts.saturated, 2u);
  EXPECT_EQ(counts.underflowed, 2u);
  EXPECT_EQ(counts.unchanged, 0u);
}

TEST(Madam, fractions_of_a_code_step_round_half_to_even) {
  // 11 bits in gamma 64: one unit of g* is half a code step.
  for (const auto& [ratio, steps] : {std::pair{1.0, 0u}, {2.0, 1u}, {3.0, 2u}, {5.0, 2u}, {7.0, 4u}}) {
    UpdateHarness h(lns_parameters(11, 64), fp32_parameters(), fp32_parameters());
    h.step.step = kLate;
    h.step.weight_scale = {-500};
    h.add(1.0, 1e-3, moment_for(1e-3, ratio));
    const UpdateCounts counts = h.apply();
    EXPECT_EQ(h.weights[0], 500u - steps) << ratio;
    EXPECT_EQ(counts.unchanged, steps == 0 ? 1u : 0u);
    EXPECT_EQ(counts.zero_steps, 0u);
  }
}

TEST(Madam, rates_at_the_ends_of_their_range_move_nothing_or_everything) {
  UpdateHarness h = lns16();
  h.step.learning_rate = 1e-300;
  h.add(1.0, 1.0, 0.0);
  const Code before = h.weights[0];
  h.apply();
  EXPECT_EQ(h.weights[0], before);
  h.step.learning_rate = 1e300;
  h.apply();
  EXPECT_EQ(h.weights[0], 0u);
}

TEST(Madam, stochastic_steps_take_the_streams_words_whatever_the_grouping) {
  arith::FormatParameters weight = lns_parameters(10, 32);
  weight.rounding = arith::Rounding::stochastic;
  UpdateHarness h(weight, lns_parameters(8, 8), fp32_parameters());
  h.step.seed = 77;
  constexpr std::size_t kCount = 4000;
  h.weights.assign(kCount, 300);
  h.gradients.assign(kCount, 5);
  h.state.assign(kCount, 0);
  UpdateHarness parts(weight, lns_parameters(8, 8), fp32_parameters());
  parts.weights = h.weights;
  parts.state = h.state;
  h.apply();
  std::size_t moved = 0;
  for (std::size_t i = 0; i < kCount; ++i) {
    // A quarter of a step: up when the word's upper two bits are set.
    const Code expected = random_word(77, 0, i) >= 0xc0000000u ? 299 : 300;
    ASSERT_EQ(h.weights[i], expected);
    moved += expected == 299 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(moved), kCount / 4.0, 4 * std::sqrt(kCount * 0.25 * 0.75));

  const auto rule = make_update_rule(parts.optimizer, parts.formats(), h.step);
  UpdateCounts counts;
  for (std::size_t start = 0; start < kCount; start += 33) {
    const std::size_t size = std::min<std::size_t>(33, kCount - start);
    rule->apply(start, std::span(parts.weights).subspan(start, size),
                std::span(h.gradients).subspan(start, size), std::span(parts.state).subspan(start, size),
                counts);
  }
  EXPECT_EQ(parts.weights, h.weights);
  EXPECT_EQ(parts.state, h.state);
  EXPECT_EQ(counts.values, kCount);
}

TEST(Madam, narrow_moments_are_rounded_after_use_and_their_losses_counted) {
  UpdateHarness h = lns16(fp32_parameters(), {.kind = arith::FormatKind::fp8_e4m3});
  h.add(1.0, 1.0, 0.0);   // v = 0.001 is stored as 2^-9, twice as much, yet the first step is one unit
  h.add(1.0, 1e4, 0.0);   // v = 1e5
  h.add(1.0, 16.0, 0.0);  // v = 0.256
  const Code before = h.weights[0];
  const UpdateCounts counts = h.apply();
  for (const Code weight : h.weights) EXPECT_EQ(weight, before - 16);
  EXPECT_EQ(h.moment->value(h.state[0], {}), std::ldexp(1.0, -9));
  EXPECT_EQ(h.moment->value(h.state[1], {}), 448.0);
  EXPECT_EQ(h.moment->value(h.state[2], {}), 0.25);
  EXPECT_EQ(counts.state_saturated, 1u);
  EXPECT_EQ(counts.state_underflowed, 0u);
  h.step.state_scales[0] = {4};
  h.state[0] = 0;
  EXPECT_EQ(h.apply().state_underflowed, 1u);
}

TEST(Madam, gradients_that_are_not_finite_leave_the_weight) {
  UpdateHarness h = lns16(fp32_parameters());
  h.add(1.0, 1.0, 0.5);
  h.add(1.0, 1.0, 0.5);
  h.gradients = {0x7fc00000u, 0x7f800000u};
  const std::vector<Code> before = h.weights;
  const Code state = h.state[0];
  const UpdateCounts counts = h.apply();
  EXPECT_EQ(h.weights, before);
  EXPECT_EQ(h.state[0], state);
  EXPECT_EQ(float_of(h.state[1]), std::numeric_limits<float>::max());
  EXPECT_EQ(counts.not_a_number, 1u);
  EXPECT_EQ(counts.state_saturated, 1u);
  EXPECT_EQ(counts.unchanged, 2u);
}

TEST(Madam, what_it_cannot_work_on_is_refused) {
  UpdateHarness floats(fp32_parameters(), fp32_parameters(), fp32_parameters());
  EXPECT_THROW(floats.apply(), std::invalid_argument);
  UpdateHarness h = lns16();
  h.optimizer.gradient_bound = 0.5;
  EXPECT_THROW(h.apply(), std::invalid_argument);
  h.optimizer.gradient_bound = 10;
  h.optimizer.beta = 1.0;
  EXPECT_THROW(h.apply(), std::invalid_argument);
  h.optimizer.beta = 0.999;
  h.step.step = 0;
  EXPECT_THROW(h.apply(), std::invalid_argument);
  h.step.step = 1;
  for (const double rate : {0.0, -1.0, std::numeric_limits<double>::infinity(), std::nan("")}) {
    h.step.learning_rate = rate;
    EXPECT_THROW(h.apply(), std::invalid_argument);
  }
  h.step.learning_rate = 0.1;
  h.weights.push_back(0);
  EXPECT_THROW(h.apply(), std::invalid_argument);
  EXPECT_THROW(make_update_rule({}, {}, {}), std::invalid_argument);
}

TEST(UpdateCounts, add_member_by_member) {
  UpdateCounts sum{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  sum += UpdateCounts{10, 20, 30, 40, 50, 60, 70, 80, 90, 100};
  EXPECT_EQ(sum, (UpdateCounts{11, 22, 33, 44, 55, 66, 77, 88, 99, 110}));
}

TEST(UpdateRule, state_values_are_one_per_parameter_and_two_for_adam) {
  EXPECT_EQ(state_values(OptimizerKind::madam), 1u);
  EXPECT_EQ(state_values(OptimizerKind::sgd), 1u);
  EXPECT_EQ(state_values(OptimizerKind::adam), 2u);
}

TEST(Decay, one_minus_a_power_equals_the_closed_form) {
  EXPECT_EQ(arith::to_double(one_minus_power(0.999, 1)), 1 - 0.999);
  EXPECT_EQ(arith::to_double(one_minus_power(0.5, 10)), 1 - std::ldexp(1.0, -10));
  EXPECT_EQ(arith::to_double(one_minus_power(0.75, 3)), 1 - 27.0 / 64.0);
  EXPECT_EQ(arith::to_double(one_minus_power(0.0, 5)), 1.0);
  EXPECT_EQ(arith::to_double(one_minus_power(0.9, 1000000000)), 1.0);
  EXPECT_EQ(arith::to_double(one_minus_power(1e-100, 1)), 1.0);
  EXPECT_NEAR(arith::to_double(one_minus_power(0.9999999, 7)) / -std::expm1(7 * std::log1p(0.9999999 - 1)),
              1.0, 1e-9);
  EXPECT_THROW(one_minus_power(-0.1, 1), std::invalid_argument);
  EXPECT_THROW(one_minus_power(0.5, 0), std::invalid_argument);
}

}  // namespace
}  // namespace lnsim
