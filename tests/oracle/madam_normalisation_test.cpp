// g* = round(g / sqrt(v_hat)) by integer logarithms, against 50-digit roots and divisions.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "models/update/update_rule.h"

namespace lnsim {
namespace {

using Real = boost::multiprecision::cpp_bin_float_50;
using arith::Code;

// |g| / sqrt(v_hat), v as the unit computes it in single precision.
Real exact_ratio(const Real& gradient, float v, double beta, std::int64_t step) {
  const auto g = static_cast<float>(gradient);
  const float moment = std::fma(static_cast<float>(1 - beta), g * g, static_cast<float>(beta) * v);
  const Real v_hat = Real(moment) / (1 - pow(Real(beta), static_cast<long long>(step)));
  return gradient / sqrt(v_hat);
}

// One code step per unit of g*: the old code minus the new one is g*.
std::vector<Code> apply(const arith::FormatParameters& gradient_format, arith::Scale scale,
                        const std::vector<Code>& gradients, const std::vector<float>& moments, double beta,
                        std::int64_t steps) {
  const auto weight = arith::make_format({.bits = 16, .gamma = 2048});
  const auto gradient = arith::make_format(gradient_format);
  const auto moment = arith::make_format({.kind = arith::FormatKind::fp32});
  OptimizerParameters optimizer;
  optimizer.beta = beta;
  optimizer.gradient_bound = 100;
  UpdateStep step;
  step.step = steps;
  step.learning_rate = 1.0 / 2048;
  step.gradient_scale = scale;
  std::vector<Code> weights(gradients.size(), 1000), state;
  for (const float v : moments) state.push_back(std::bit_cast<Code>(v));
  UpdateCounts counts;
  make_update_rule(optimizer, {weight.get(), gradient.get(), moment.get()}, step)
      ->apply(0, weights, gradients, state, counts);
  for (Code& code : weights) code = 1000 - code;
  return weights;
}

void check(const Real& ratio, Code got) {
  const Real nearest = floor(ratio + 0.5);
  // Within the unit's bound of a midpoint either neighbour is right.
  const Real midpoint = floor(ratio) + 0.5;
  if (abs(ratio / midpoint - 1) < std::ldexp(1.0, -25)) return;
  ASSERT_EQ(Real(got), nearest) << ratio;
}

TEST(MadamNormalisation, of_lns_gradients_is_exact_within_its_bound) {
  std::mt19937_64 random(24);
  for (const unsigned gamma : {1u, 8u, 32u})
    for (const std::int64_t step : {1, 2, 133, 5000})
      for (const double beta : {0.999, 0.9}) {
        const arith::Scale scale{-20 * static_cast<int>(gamma)};
        std::vector<Code> gradients;
        std::vector<float> moments;
        std::vector<Real> ratios;
        for (int i = 0; i < 800; ++i) {
          const auto e = static_cast<Code>(random() % std::min(128u, 60 * gamma));  // g^2 in range
          const Real g = pow(Real(2), Real(static_cast<int>(e) + scale.k) / gamma);
          // Ratios from 1/8 to the largest possible one.
          const auto g2 = static_cast<double>(g * g);
          const auto v = static_cast<float>(g2 * std::exp2(static_cast<double>(random() % 1000) / 100 - 4));
          gradients.push_back(e);
          moments.push_back(step == 1 ? 0.0f : v / 16);
          ratios.push_back(exact_ratio(g, moments.back(), beta, step));
        }
        const auto got = apply({.bits = 8, .gamma = gamma}, scale, gradients, moments, beta, step);
        for (std::size_t i = 0; i < got.size(); ++i) {
          check(ratios[i], got[i]);
          if (step == 1) {
            ASSERT_EQ(got[i], 1u);
          }
        }
      }
}

TEST(MadamNormalisation, of_floating_point_gradients_is_exact_within_its_bound) {
  std::mt19937_64 random(25);
  std::vector<Code> gradients;
  std::vector<float> moments;
  std::vector<Real> ratios;
  for (int i = 0; i < 5000; ++i) {
    const auto g = std::bit_cast<float>(static_cast<Code>(0x38000000u + random() % 0x08000000u));
    const float v = g * g * static_cast<float>(std::exp2(static_cast<double>(random() % 1200) / 100 - 9));
    gradients.push_back(std::bit_cast<Code>(g));
    moments.push_back(v);
    ratios.push_back(exact_ratio(Real(g), v, 0.999, 400));
  }
  const auto got = apply({.kind = arith::FormatKind::fp32}, {}, gradients, moments, 0.999, 400);
  for (std::size_t i = 0; i < got.size(); ++i) check(ratios[i], got[i]);
}

// v chosen as the single-precision numbers on both sides of every midpoint.
TEST(MadamNormalisation, decides_correctly_next_to_every_midpoint) {
  std::vector<Code> gradients;
  std::vector<float> moments;
  std::vector<Real> ratios;
  for (int j = 0; j < 30; ++j)
    for (Code e = 0; e < 128; e += 5) {
      const Real g = pow(Real(2), Real(e) / 8 - 10);
      const Real ratio = j + Real(0.5);
      auto v = static_cast<float>((g * g / (ratio * ratio) - Real(0.001) * g * g) / Real(0.999));
      for (int neighbour = 0; neighbour < 20; ++neighbour) {
        gradients.push_back(e);
        moments.push_back(std::bit_cast<float>(std::bit_cast<Code>(v) + static_cast<Code>(neighbour) - 10));
        ratios.push_back(exact_ratio(g, moments.back(), 0.999, 1000000));
      }
    }
  const auto got = apply({.bits = 8, .gamma = 8}, {-80}, gradients, moments, 0.999, 1000000);
  for (std::size_t i = 0; i < got.size(); ++i) check(ratios[i], got[i]);
}

}  // namespace
}  // namespace lnsim
