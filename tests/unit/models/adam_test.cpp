// The host's single-precision arithmetic is the oracle.
#include "models/update/adam.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <stdexcept>

#include "tests/unit/models/update_harness.h"

namespace lnsim {
namespace {

using arith::Code;

struct Parameter {
  float w, g, m, v;
};

std::vector<Parameter> random_parameters(int count) {
  std::mt19937_64 random(13);
  std::normal_distribution<float> normal;
  std::vector<Parameter> result;
  for (int i = 0; i < count; ++i) {
    const float v = 1e-3f * normal(random);
    result.push_back({normal(random), 0.01f * normal(random), 0.01f * normal(random), v * v});
  }
  return result;
}

UpdateHarness harness(const arith::FormatParameters& weight, const std::vector<Parameter>& parameters) {
  UpdateHarness h(weight, fp32_parameters(), fp32_parameters());
  h.optimizer.kind = OptimizerKind::adam;
  h.step.learning_rate = 0.001;
  h.step.weight_scale = h.weight->scale_for(4.0);
  for (const Parameter& p : parameters)
    h.add(static_cast<double>(p.w), static_cast<double>(p.g), static_cast<double>(p.m));
  for (const Parameter& p : parameters) h.state.push_back(std::bit_cast<Code>(p.v));
  return h;
}

struct Expected {
  float w, m, v;
};
Expected host_adam(const Parameter& p, int step) {
  const float m = std::fma(static_cast<float>(1 - 0.9), p.g, 0.9f * p.m);
  const float v = std::fma(static_cast<float>(1 - 0.999), p.g * p.g, 0.999f * p.v);
  const float m_hat = m / static_cast<float>(1 - std::pow(0.9, step));
  const float v_hat = v / static_cast<float>(1 - std::pow(0.999, step));
  return {std::fma(-0.001f, m_hat / (std::sqrt(v_hat) + 1e-8f), p.w), m, v};
}

TEST(Adam, single_precision_weights_follow_the_hosts_arithmetic) {
  const auto parameters = random_parameters(5000);
  for (const int step : {1, 2, 100}) {
    UpdateHarness h = harness(fp32_parameters(), parameters);
    h.step.step = step;
    const UpdateCounts counts = h.apply();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const Expected expected = host_adam(parameters[i], step);
      ASSERT_EQ(float_of(h.weights[i]), expected.w) << step;
      ASSERT_EQ(float_of(h.state[i]), expected.m);
      ASSERT_EQ(float_of(h.state[parameters.size() + i]), expected.v);
    }
    EXPECT_EQ(counts.values, 5000u);
    EXPECT_EQ(counts.not_a_number, 0u);
  }
}

TEST(Adam, weights_in_lns_are_the_rounded_results) {
  const auto parameters = random_parameters(2000);
  UpdateHarness h = harness(lns_parameters(16, 2048), parameters);
  const std::vector<Code> before = h.weights;
  h.apply();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    Parameter p = parameters[i];
    p.w = static_cast<float>(h.weight->value(before[i], h.step.weight_scale));
    arith::QuantiseCounts ignored;
    ASSERT_EQ(h.weights[i],
              h.weight->quantise(static_cast<double>(host_adam(p, 1).w), h.step.weight_scale, ignored));
  }
}

TEST(Adam, the_first_step_has_the_size_of_the_learning_rate) {
  UpdateHarness h = harness(fp32_parameters(), {{1.0f, 0.5f, 0.0f, 0.0f}, {1.0f, -3e-4f, 0.0f, 0.0f}});
  h.apply();
  EXPECT_NEAR(float_of(h.weights[0]), 0.999f, 1e-6f);
  EXPECT_NEAR(float_of(h.weights[1]), 1.001f, 1e-6f);
}

TEST(Adam, zero_over_zero_without_epsilon_is_counted_and_dropped) {
  UpdateHarness h = harness(fp32_parameters(), {{1.0f, 0.0f, 0.0f, 0.0f}});
  h.optimizer.epsilon = 0;
  const UpdateCounts counts = h.apply();
  EXPECT_EQ(float_of(h.weights[0]), 1.0f);
  EXPECT_EQ(counts.not_a_number, 1u);
  EXPECT_EQ(counts.unchanged, 1u);
}

TEST(Adam, wrong_sizes_and_parameters_are_refused) {
  UpdateHarness h = harness(fp32_parameters(), random_parameters(2));
  h.state.pop_back();
  EXPECT_THROW(h.apply(), std::invalid_argument);
  h.optimizer.epsilon = -1;
  EXPECT_THROW(h.apply(), std::invalid_argument);
  h.optimizer.epsilon = 0;
  h.optimizer.beta = 1.5;
  EXPECT_THROW(h.apply(), std::invalid_argument);
  h.optimizer.beta = 0.9;
  h.optimizer.momentum = -0.5;
  EXPECT_THROW(h.apply(), std::invalid_argument);
}

}  // namespace
}  // namespace lnsim
