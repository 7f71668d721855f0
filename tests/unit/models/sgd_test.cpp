// The host's single-precision arithmetic is the oracle.
#include "models/update/sgd.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>

#include "tests/unit/models/update_harness.h"

namespace lnsim {
namespace {

using arith::Code;

struct Parameter {
  float w, g, m;
};

std::vector<Parameter> random_parameters(int count) {
  std::mt19937_64 random(12);
  std::normal_distribution<float> normal;
  std::vector<Parameter> result;
  for (int i = 0; i < count; ++i)
    result.push_back({normal(random), 0.01f * normal(random), 0.1f * normal(random)});
  return result;
}

UpdateHarness harness(const arith::FormatParameters& weight, const std::vector<Parameter>& parameters) {
  UpdateHarness h(weight, fp32_parameters(), fp32_parameters());
  h.optimizer.kind = OptimizerKind::sgd;
  h.step.learning_rate = 0.1;
  h.step.weight_scale = h.weight->scale_for(4.0);
  for (const Parameter& p : parameters)
    h.add(static_cast<double>(p.w), static_cast<double>(p.g), static_cast<double>(p.m));
  return h;
}

TEST(Sgd, single_precision_weights_follow_the_hosts_arithmetic) {
  const auto parameters = random_parameters(5000);
  UpdateHarness h = harness(fp32_parameters(), parameters);
  const UpdateCounts counts = h.apply();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const float m = std::fma(0.9f, parameters[i].m, parameters[i].g);
    ASSERT_EQ(float_of(h.state[i]), m);
    ASSERT_EQ(float_of(h.weights[i]), std::fma(-0.1f, m, parameters[i].w));
  }
  EXPECT_EQ(counts.values, 5000u);
  EXPECT_EQ(counts.saturated + counts.underflowed + counts.not_a_number, 0u);
}

TEST(Sgd, weights_in_any_format_are_the_rounded_results) {
  const auto parameters = random_parameters(2000);
  for (const arith::FormatParameters& format :
       {lns_parameters(16, 2048), lns_parameters(10, 32),
        arith::FormatParameters{.kind = arith::FormatKind::bf16},
        arith::FormatParameters{.kind = arith::FormatKind::integer, .bits = 12}}) {
    UpdateHarness h = harness(format, parameters);
    const std::vector<Code> before = h.weights;
    const UpdateCounts counts = h.apply();
    std::uint64_t unchanged = 0;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const auto w = static_cast<float>(h.weight->value(before[i], h.step.weight_scale));
      const float m = std::fma(0.9f, parameters[i].m, parameters[i].g);
      arith::QuantiseCounts ignored;
      const Code expected =
          h.weight->quantise(static_cast<double>(std::fma(-0.1f, m, w)), h.step.weight_scale, ignored);
      ASSERT_EQ(h.weights[i], expected) << h.weight->name();
      unchanged += expected == before[i] ? 1 : 0;
    }
    EXPECT_EQ(counts.unchanged, unchanged);
  }
}

TEST(Sgd, losses_of_weight_and_state_are_counted_apart) {
  UpdateHarness h({.kind = arith::FormatKind::fp8_e4m3}, fp32_parameters(),
                  {.kind = arith::FormatKind::fp8_e4m3});
  h.optimizer.kind = OptimizerKind::sgd;
  h.step.learning_rate = 1.0;
  h.add(448.0, -100.0, 0.0);                                   // 548
  h.add(std::ldexp(1.0, -9), std::ldexp(1.0, -9) * 0.9, 0.0);  // 0.1 * 2^-9
  h.add(0.0, 1e4, 0.0);
  h.add(1.0, 1e-5, 0.0);
  const UpdateCounts counts = h.apply();
  EXPECT_EQ(h.weights[0], 0x7eu);
  EXPECT_EQ(h.weights[1], 0x00u);
  EXPECT_EQ(counts.saturated, 2u);
  EXPECT_EQ(counts.underflowed, 1u);
  EXPECT_EQ(counts.state_saturated, 1u);
  EXPECT_EQ(counts.state_underflowed, 1u);
  EXPECT_EQ(counts.unchanged, 2u);
}

TEST(Sgd, stochastic_weights_keep_the_mean_that_nearest_rounding_loses) {
  arith::FormatParameters format{.kind = arith::FormatKind::fp8_e4m3};
  format.rounding = arith::Rounding::stochastic;
  UpdateHarness h(format, fp32_parameters(), fp32_parameters());
  h.optimizer.kind = OptimizerKind::sgd;
  h.step.learning_rate = 1.0;
  h.step.seed = 5;
  constexpr int kCount = 4000;
  for (int i = 0; i < kCount; ++i) h.add(1.0, -1.0 / 64, 0.0);  // an eighth of the spacing above 1
  h.apply();
  double mean = 0;
  for (const Code weight : h.weights) mean += h.weight->value(weight, {}) / kCount;
  EXPECT_NEAR(mean, 1.0 + 1.0 / 64, 4 * 0.125 * std::sqrt(0.125 * 0.875 / kCount));
}

TEST(Sgd, results_that_are_not_a_number_are_dropped_and_infinite_ones_saturate) {
  UpdateHarness h(fp32_parameters(), fp32_parameters(), fp32_parameters());
  h.optimizer.kind = OptimizerKind::sgd;
  h.add(1.0, 1.0, 1.0);
  h.add(1.0, 1.0, 1.0);
  h.gradients = {0x7fc00000u, 0xff800000u};
  const UpdateCounts counts = h.apply();
  EXPECT_EQ(float_of(h.weights[0]), 1.0f);
  EXPECT_EQ(float_of(h.state[0]), 1.0f);
  EXPECT_EQ(float_of(h.weights[1]), std::numeric_limits<float>::max());
  EXPECT_EQ(float_of(h.state[1]), -std::numeric_limits<float>::max());
  EXPECT_EQ(counts.not_a_number, 1u);
  EXPECT_EQ(counts.saturated, 1u);
  EXPECT_EQ(counts.state_saturated, 1u);
}

TEST(Sgd, wrong_sizes_and_decays_are_refused) {
  UpdateHarness h = harness(fp32_parameters(), random_parameters(2));
  h.state.pop_back();
  EXPECT_THROW(h.apply(), std::invalid_argument);
  h.optimizer.momentum = 1.0;
  EXPECT_THROW(h.apply(), std::invalid_argument);
}

}  // namespace
}  // namespace lnsim
