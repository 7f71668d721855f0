// Scaled integers and their constants against 100-digit arithmetic.
#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <random>

#include "models/arith/integer_format.h"
#include "models/arith/log2_fixed.h"

namespace lnsim::arith {
namespace {

using Real = boost::multiprecision::cpp_bin_float_100;
using boost::multiprecision::cpp_int;

Real power(int k) {
  return pow(Real(2), Real(k) / 256);
}

TEST(IntegerScale, the_256_constants_are_correctly_rounded) {
  for (unsigned j = 0; j < 256; ++j) {
    const Real exact = ldexp(power(static_cast<int>(j)), 63);
    EXPECT_EQ(exp2_constant(j), static_cast<std::uint64_t>(cpp_int(floor(exact + 0.5)))) << j;
  }
}

TEST(IntegerScale, values_are_correctly_rounded_for_every_8_bit_code_and_scale_fraction) {
  const auto format = make_integer({.kind = FormatKind::integer, .bits = 8});
  for (int k = -256; k < 256; ++k) {
    const Real scale = power(k);
    for (Code code = 1; code < 128; ++code)
      ASSERT_EQ(format->value(code, {k}), static_cast<double>(code * scale)) << code << " " << k;
  }
  std::mt19937_64 random(21);
  for (int i = 0; i < 5000; ++i) {
    const auto n = static_cast<std::int64_t>(random()) >> (random() % 50);
    const int k = static_cast<int>(random() % 100000) - 50000;
    ASSERT_EQ(scaled_integer(n, k), static_cast<double>(Real(n) * power(k))) << n << " " << k;
  }
}

TEST(IntegerScale, quantised_values_are_the_nearest_integers) {
  std::mt19937_64 random(22);
  const auto format = make_integer({.kind = FormatKind::integer, .bits = 16});
  for (int i = 0; i < 20000; ++i) {
    const int k = static_cast<int>(random() % 20000) - 10000;
    const double x = std::ldexp(1 + std::ldexp(static_cast<double>(random() >> 12), -52),
                                k / 256 + static_cast<int>(random() % 18) - 3);
    const Real quotient = Real(x) / power(k);
    const auto nearest = static_cast<std::int64_t>(cpp_int(floor(quotient + 0.5)));
    QuantiseCounts counts;
    const Code code = format->quantise(x, {k}, counts);
    ASSERT_EQ(code, static_cast<Code>(std::min<std::int64_t>(nearest, 32767)));
    ASSERT_EQ(counts.saturated, nearest > 32767 ? 1u : 0u);
    ASSERT_EQ(counts.underflow_flushed, nearest == 0 ? 1u : 0u);
  }
}

TEST(Log2Fixed, is_below_the_exact_logarithm_by_less_than_its_bound) {
  std::mt19937_64 random(23);
  const auto check = [](const Normalised& x) {
    const Real value = ldexp(Real(x.significand), x.exponent - 63);
    const Real exact = ldexp(log(value) / log(Real(2)), kLog2FractionBits);
    const Real error = exact - Real(log2_fixed(x));
    ASSERT_GT(error, -1e-60) << x.significand;  // the oracle's own error
    ASSERT_LT(error, 1.001) << x.significand;
  };
  for (int i = 0; i < 2000; ++i)
    check(normalise(false, random() | 1, static_cast<int>(random() % 600) - 300));
  for (std::uint64_t n = 1; n < 300; ++n) check(normalise(false, n, 0));
  check(normalise(false, ~std::uint64_t{0}, -64));
}

}  // namespace
}  // namespace lnsim::arith
