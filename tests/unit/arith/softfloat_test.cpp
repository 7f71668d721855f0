// The host's IEEE arithmetic is the oracle.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "models/arith/softfloat_f32.h"

namespace lnsim::arith {
namespace {

constexpr int kRandomOperands = 1000000;

float host(F32 x) {
  return std::bit_cast<float>(x.bits);
}

::testing::AssertionResult same(F32 got, float expected) {
  const bool equal =
      std::isnan(expected) ? got.bits == kF32Nan : got.bits == std::bit_cast<std::uint32_t>(expected);
  if (equal) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << std::hex << got.bits << " instead of " << std::bit_cast<std::uint32_t>(expected);
}

std::vector<F32> corners() {
  std::vector<F32> result;
  for (const std::uint32_t magnitude :
       {0x00000000u, 0x00000001u, 0x00000002u, 0x003fffffu, 0x00400000u, 0x007fffffu,
        0x00800000u, 0x00800001u, 0x00ffffffu, 0x01000000u, 0x33800000u, 0x33800001u,
        0x34000000u, 0x3effffffu, 0x3f000000u, 0x3f7fffffu, 0x3f800000u, 0x3f800001u,
        0x3fffffffu, 0x40000000u, 0x40400000u, 0x4b7fffffu, 0x4b800000u, 0x7effffffu,
        0x7f000000u, 0x7f7fffffu, 0x7f800000u, 0x7f800001u, 0x7fc00000u})
    for (const std::uint32_t sign : {0u, kF32Sign}) result.push_back({magnitude | sign});
  return result;
}

// Any bits, or bits near another operand's exponent so that sums cancel.
class Operands {
 public:
  F32 any() { return {static_cast<std::uint32_t>(random_())}; }
  F32 near(F32 x) {
    const auto r = static_cast<std::uint32_t>(random_());
    const auto shift = static_cast<std::int32_t>(random_() % 61) - 30;
    const std::int32_t field = static_cast<std::int32_t>(x.bits >> 23 & 0xff) + shift;
    return {(r & 0x807fffffu) | static_cast<std::uint32_t>(std::clamp(field, 0, 254)) << 23};
  }

 private:
  std::mt19937_64 random_{7};
};

TEST(Softfloat, add_and_subtract_equal_the_hosts) {
  for (const F32 a : corners())
    for (const F32 b : corners()) {
      ASSERT_TRUE(same(f32_add(a, b), host(a) + host(b))) << std::hex << a.bits << " " << b.bits;
      ASSERT_TRUE(same(f32_subtract(a, b), host(a) - host(b))) << std::hex << a.bits << " " << b.bits;
    }
  Operands operands;
  for (int i = 0; i < kRandomOperands; ++i) {
    const F32 a = operands.any(), b = i % 2 == 0 ? operands.any() : operands.near(a);
    ASSERT_TRUE(same(f32_add(a, b), host(a) + host(b))) << std::hex << a.bits << " " << b.bits;
  }
}

TEST(Softfloat, multiply_equals_the_hosts) {
  for (const F32 a : corners())
    for (const F32 b : corners())
      ASSERT_TRUE(same(f32_multiply(a, b), host(a) * host(b))) << std::hex << a.bits;
  Operands operands;
  for (int i = 0; i < kRandomOperands; ++i) {
    const F32 a = operands.any(), b = operands.any();
    ASSERT_TRUE(same(f32_multiply(a, b), host(a) * host(b))) << std::hex << a.bits << " " << b.bits;
  }
}

TEST(Softfloat, fma_equals_the_hosts) {
  for (const F32 a : corners())
    for (const F32 b : corners())
      for (const F32 c : corners())
        ASSERT_TRUE(same(f32_fma(a, b, c), std::fma(host(a), host(b), host(c))))
            << std::hex << a.bits << " " << b.bits << " " << c.bits;
  Operands operands;
  for (int i = 0; i < kRandomOperands; ++i) {
    const F32 a = operands.any(), b = operands.any();
    const F32 c =
        i % 2 == 0 ? operands.any() : operands.near({std::bit_cast<std::uint32_t>(host(a) * host(b))});
    ASSERT_TRUE(same(f32_fma(a, b, c), std::fma(host(a), host(b), host(c))))
        << std::hex << a.bits << " " << b.bits << " " << c.bits;
  }
}

TEST(Softfloat, divide_equals_the_hosts) {
  for (const F32 a : corners())
    for (const F32 b : corners())
      ASSERT_TRUE(same(f32_divide(a, b), host(a) / host(b))) << std::hex << a.bits;
  Operands operands;
  for (int i = 0; i < kRandomOperands; ++i) {
    const F32 a = operands.any(), b = i % 2 == 0 ? operands.any() : operands.near(a);
    ASSERT_TRUE(same(f32_divide(a, b), host(a) / host(b))) << std::hex << a.bits << " " << b.bits;
  }
}

TEST(Softfloat, square_root_equals_the_hosts) {
  for (const F32 a : corners()) ASSERT_TRUE(same(f32_sqrt(a), std::sqrt(host(a)))) << std::hex << a.bits;
  Operands operands;
  for (int i = 0; i < kRandomOperands; ++i) {
    const F32 a = operands.any();
    ASSERT_TRUE(same(f32_sqrt(a), std::sqrt(host(a)))) << std::hex << a.bits;
  }
}

TEST(Softfloat, doubles_round_to_single_precision_as_the_host_rounds_them) {
  std::mt19937_64 random(3);
  for (int i = 0; i < kRandomOperands; ++i) {
    // Exponents around single precision's range, and a third of them ties.
    const auto field = 1023 - 160 + random() % 320;
    std::uint64_t fraction = random() >> 12;
    if (i % 3 == 0) fraction = (fraction >> 28 << 28) ^ (std::uint64_t{1} << 28);
    const double x = std::bit_cast<double>((random() & 1) << 63 | field << 52 | fraction);
    ASSERT_TRUE(same(f32_from_double(x), static_cast<float>(x))) << x;
  }
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(f32_from_double(-kInfinity).bits, kF32Infinity | kF32Sign);
  EXPECT_EQ(f32_from_double(std::nan("")).bits, kF32Nan);
  EXPECT_EQ(f32_from_double(-0.0).bits, kF32Sign);
}

TEST(Softfloat, single_precision_becomes_double_exactly) {
  for (const F32 a : corners()) {
    const double expected = static_cast<double>(host(a)), got = f32_to_double(a);
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(got));
    } else {
      EXPECT_EQ(std::bit_cast<std::uint64_t>(got), std::bit_cast<std::uint64_t>(expected));
    }
  }
}

}  // namespace
}  // namespace lnsim::arith
