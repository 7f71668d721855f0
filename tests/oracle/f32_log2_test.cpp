// The logarithm of the weight-update lanes and its constants against 50-digit arithmetic.
#include "models/arith/f32_log2.h"

#include <gtest/gtest.h>

#include <bit>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <random>

#include "models/arith/log2_fixed.h"

namespace lnsim::arith {
namespace {

using Real = boost::multiprecision::cpp_bin_float_50;

Real log2_of(const Real& x) {
  return log(x) / log(Real(2));
}
F32 single(std::uint32_t bits) {
  return {bits};
}

TEST(F32Log2, has_rounded_constants) {
  int k = 1;
  for (const std::uint64_t constant : f32_log2_constants()) {
    const Real exact = ldexp(log2_of(1 + ldexp(Real(1), -k)), kF32Log2InnerBits);
    EXPECT_LE(abs(exact - Real(constant)), 0.5) << k;
    ++k;
  }
  EXPECT_LE(abs(ldexp(1 / log(Real(2)), 20) - Real(kLog2E)), 0.5);
}

TEST(F32Log2, is_less_than_a_unit_off) {
  std::mt19937_64 random(31);
  const auto check = [](std::uint32_t bits) {
    const Real exact = ldexp(log2_of(Real(std::bit_cast<float>(bits))), kF32Log2FractionBits);
    ASSERT_LT(abs(exact - Real(f32_log2(single(bits)))), 1) << bits;
  };
  for (int i = 0; i < 3000; ++i) check(static_cast<std::uint32_t>(1 + random() % 0x7f7fffff));
  for (std::uint32_t bits = 0x3f7ffe00; bits < 0x3f800200; ++bits) check(bits);
  for (std::uint32_t bits = 1; bits < 300; ++bits) check(bits);
}

TEST(F32Log2, of_a_power_of_two_is_exact) {
  for (int exponent = -149; exponent < 128; ++exponent)
    EXPECT_EQ(f32_log2(f32_from_double(std::ldexp(1.0, exponent))),
              exponent * (std::int64_t{1} << kF32Log2FractionBits));
}

// Half of a unit, and what the header counts.
TEST(F32Log2, keeps_its_bound_and_the_order_throughout_an_octave) {
  std::int64_t last = -1;
  double below = 0, above = 0;
  for (std::uint32_t fraction = 0; fraction < 1u << 23; fraction += 13) {
    const std::int64_t log2 = f32_log2(single(0x3f800000 | fraction));
    ASSERT_GT(log2, last) << fraction;
    last = log2;
    const double exact = std::ldexp(std::log2(1 + std::ldexp(double{1} * fraction, -23)), 26);
    below = std::max(below, exact - static_cast<double>(log2));
    above = std::max(above, static_cast<double>(log2) - exact);
  }
  EXPECT_LT(below, 0.5 + (11 * 1.45 + 7 + 1) / 64);
  EXPECT_LT(above, 0.5 + (11.6 + 7 + 1) / 64);
}

TEST(RoundLog2, rounds_to_the_nearest_unit) {
  const Real exact = log2_of(Real(3)) * 2;
  EXPECT_LE(abs(Real(round_log2(2 * log2_fixed(normalise(false, 3, 0)))) - ldexp(exact, 26)), 0.5);
  EXPECT_EQ(round_log2(-(std::int64_t{5} << 48)), -(std::int64_t{5} << 26));
}

}  // namespace
}  // namespace lnsim::arith
