// Logarithmic formats against 100-digit logarithms and powers.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <functional>
#include <random>
#include <utility>
#include <vector>

#include "models/arith/linear_to_log.h"
#include "models/arith/lns_format.h"
#include "models/arith/lns_powers.h"

namespace lnsim::arith {
namespace {

using Real = boost::multiprecision::cpp_bin_float_100;
using boost::multiprecision::ceil;
using boost::multiprecision::floor;
using boost::multiprecision::log;
using boost::multiprecision::pow;
using boost::multiprecision::round;

// Exact: the factor is a power of two.
Real scaled_by_power_of_two(const Real& x, int exponent) {
  return boost::multiprecision::ldexp(x, exponent);
}

const Real& ln2() {
  static const Real value = log(Real(2));
  return value;
}
Real exp2(const Real& x) {
  return pow(Real(2), x);
}
Real log2(const Real& x) {
  return log(x) / ln2();
}

// The doubles around a power that is none itself.
std::vector<double> doubles_around(const Real& power) {
  const auto nearest = static_cast<double>(power);
  return {std::nextafter(nearest, 0.0), nearest, std::nextafter(nearest, INFINITY)};
}

TEST(LnsPowers, all_powers_are_correctly_rounded_in_every_form) {
  for (unsigned j = 0; j < kPowerGrid; ++j) {
    const Real power = exp2(Real(j) / kPowerGrid);
    const Real q127 = scaled_by_power_of_two(power, 127);
    const Real got = scaled_by_power_of_two(Real(high64(exp2_fraction(j))), 64) + low64(exp2_fraction(j));
    ASSERT_LE(got, q127) << j;
    ASSERT_LT(q127 - got, Real(1 << 12)) << j;  // relative 2^-115
    ASSERT_EQ(Real(exp2_ceiling(j)), ceil(scaled_by_power_of_two(power, 63))) << j;
    for (const unsigned bits : {1u, 8u, 24u, 62u})
      ASSERT_EQ(Real(exp2_rounded(j, bits)),
                floor(scaled_by_power_of_two(power, static_cast<int>(bits)) + 0.5))
          << j;
  }
}

TEST(LnsFormat, value_is_the_nearest_double) {
  for (unsigned gamma = 1; gamma <= 2048; gamma *= 2) {
    const auto format = make_lns({.bits = 16, .gamma = gamma, .zero = ZeroCode::flag});
    for (Code e = 0; e < 2048; e += gamma < 64 ? 1 : 7) {
      const std::int32_t k = -static_cast<std::int32_t>(gamma) - 3;
      const Real exact = exp2(Real(static_cast<std::int32_t>(e) + k) / gamma);
      if (exact > Real(1e300)) continue;
      ASSERT_EQ(format->value(e, {k}), static_cast<double>(exact)) << format->name() << ' ' << e;
    }
  }
}

TEST(LnsFormat, quantiser_decides_like_the_logarithm_on_both_sides_of_every_threshold) {
  for (unsigned gamma = 1; gamma <= 2048; gamma *= 2) {
    const auto format = make_lns({.bits = 16, .gamma = gamma, .zero = ZeroCode::flag});
    for (unsigned j = 0; j < gamma; ++j) {
      for (const double x : doubles_around(exp2(Real(2 * j + 1) / (2 * gamma)))) {
        QuantiseCounts counts;
        const auto expected = static_cast<Code>(round(gamma * log2(Real(x))));
        ASSERT_EQ(format->quantise(x, {}, counts), expected) << format->name() << ' ' << x;
      }
    }
  }
}

TEST(LnsFormat, quantiser_decides_like_the_logarithm_for_random_reals_at_random_scales) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 6000; ++i) {
    const unsigned gamma = 1u << random() % 12;
    const auto bits = static_cast<unsigned>(2 + random() % 15);
    const auto format = make_lns({.bits = bits, .gamma = gamma, .zero = ZeroCode::flag});
    const auto top = static_cast<std::int64_t>((1u << (bits - 1)) - 1);
    const double x =
        std::ldexp(0x1p-53 * static_cast<double>(random() >> 11), static_cast<int>(random() % 200) - 100);
    if (x == 0) continue;
    const auto exponent = static_cast<std::int64_t>(round(gamma * log2(Real(x))));
    // The code lands anywhere around the range.
    const auto range = static_cast<std::uint64_t>(2 * top);
    const auto k =
        static_cast<std::int32_t>(exponent - static_cast<std::int64_t>(random() % range) + top / 2);
    QuantiseCounts counts;
    const Code code = format->quantise(x, {k}, counts);
    ASSERT_EQ(code, static_cast<Code>(std::clamp<std::int64_t>(exponent - k, 0, top)))
        << format->name() << ' ' << x;
    ASSERT_EQ(counts, (QuantiseCounts{.values = 1,
                                      .saturated = exponent - k > top ? 1u : 0u,
                                      .underflow_clamped = exponent < k ? 1u : 0u}));
    const Scale scale = format->scale_for(x);
    ASSERT_EQ(scale.k, exponent - top);
  }
}

TEST(LnsFormat, stochastic_rounding_compares_the_fraction_of_the_logarithm_with_the_random_word) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 6000; ++i) {
    const unsigned gamma = 1u << random() % 12;
    const auto format = make_lns({.bits = 16, .gamma = gamma, .zero = ZeroCode::flag});
    const double x = 1 + 0x1p-53 * static_cast<double>(random() >> 11);
    const auto fraction =
        static_cast<std::uint64_t>(floor(scaled_by_power_of_two(gamma * log2(Real(x)), 32)));
    // Words just below and at the one that rounds up.
    const auto up = static_cast<std::uint32_t>(0 - fraction);
    QuantiseCounts counts;
    const auto below = static_cast<Code>(fraction >> 32);
    if (up != 0) {
      ASSERT_EQ(format->quantise_stochastic(x, {}, up - 1, counts), below) << gamma << ' ' << x;
      ASSERT_EQ(format->quantise_stochastic(x, {}, up, counts), below + 1) << gamma << ' ' << x;
    }
  }
}

TEST(LnsFormat, relative_error_bound_is_half_a_step) {
  for (unsigned gamma = 1; gamma <= 2048; gamma *= 2) {
    const Real bound = exp2(Real(1) / (2 * gamma)) - 1;
    ASSERT_NEAR(make_lns({.bits = 8, .gamma = gamma})->relative_error_bound(), static_cast<double>(bound),
                1e-15);
  }
}

// Counts midpoints as mantissas ascend; midpoint(gamma) lies in the next octave and ends the count.
class Steps {
 public:
  Steps(std::uint32_t one, std::function<Real(std::uint32_t)> midpoint)
      : one_(one), midpoint_(std::move(midpoint)), next_(midpoint_(0)) {}
  std::uint32_t up_to(std::uint32_t mantissa) {
    while (mantissa >= one_ * next_) next_ = midpoint_(++reached_);
    return reached_;
  }

 private:
  std::uint32_t one_;
  std::function<Real(std::uint32_t)> midpoint_;
  Real next_;
  std::uint32_t reached_ = 0;
};

TEST(LinearToLog, decides_like_the_midpoints_for_every_mantissa) {
  for (unsigned gamma = 1; gamma <= 2048; gamma *= 4) {
    for (const unsigned bits : {2u, 9u, 12u}) {
      const LinearToLog linear(gamma, Midpoint::linear, bits);
      const LinearToLog geometric(gamma, Midpoint::geometric, bits);
      const std::uint32_t one = 1u << (bits - 1);
      Steps linear_steps(
          one, [&](std::uint32_t j) { return (exp2(Real(j) / gamma) + exp2(Real(j + 1) / gamma)) / 2; });
      Steps geometric_steps(one, [&](std::uint32_t j) { return exp2((j + Real(0.5)) / gamma); });
      for (std::uint32_t mantissa = one; mantissa < 2 * one; ++mantissa) {
        const std::uint32_t expected_linear = linear_steps.up_to(mantissa);
        const std::uint32_t expected_geometric = geometric_steps.up_to(mantissa);
        ASSERT_EQ(linear.remainder(mantissa), expected_linear) << gamma << ' ' << mantissa;
        ASSERT_EQ(geometric.remainder(mantissa), expected_geometric) << gamma << ' ' << mantissa;
      }
    }
  }
}

}  // namespace
}  // namespace lnsim::arith
