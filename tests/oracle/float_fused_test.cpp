// Fused sums against exact integers of unbounded width, rounded by comparison with their neighbours.
#include <gtest/gtest.h>

#include <bit>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "models/arith/float_datapath.h"
#include "models/arith/minifloat.h"
#include "tests/unit/arith/lane_harness.h"

namespace lnsim::arith {
namespace {

using boost::multiprecision::cpp_int;

// Values in units of 2^-kUnit; products of two FP32 subnormals lowered by some octaves are whole.
constexpr int kUnit = 400;

cpp_int exact(double x, int exponent = 0) {
  int e = 0;
  const double fraction = std::frexp(x, &e);
  const auto integer = static_cast<std::int64_t>(std::ldexp(fraction, 53));
  const int shift = e - 53 + exponent + kUnit;
  const cpp_int wide = integer;
  return shift >= 0 ? cpp_int(wide << shift) : cpp_int(wide >> -shift);
}

cpp_int exact_product(double x, double y) {
  int ex = 0, ey = 0;
  const double fx = std::frexp(x, &ex), fy = std::frexp(y, &ey);
  const auto ix = static_cast<std::int64_t>(std::ldexp(fx, 24)),
             iy = static_cast<std::int64_t>(std::ldexp(fy, 24));
  return cpp_int(ix) * iy << (ex + ey - 48 + kUnit);
}

// The float nearest to sum, ties to the even code: the only one that is no farther than both its neighbours.
float nearest_float(const cpp_int& sum) {
  const cpp_int magnitude = abs(sum);
  std::uint32_t code = 0;
  for (int bit = 30; bit >= 0; --bit) {
    const std::uint32_t trial = code | (std::uint32_t{1} << bit);
    if (trial <= 0x7f7fffffu && exact(static_cast<double>(std::bit_cast<float>(trial))) <= magnitude)
      code = trial;
  }
  const double low = static_cast<double>(std::bit_cast<float>(code));
  // One code up, which for the largest is where the next binade would begin.
  const double high =
      code == 0x7f7fffffu ? std::ldexp(1.0, 128) : static_cast<double>(std::bit_cast<float>(code + 1));
  const cpp_int below = magnitude - exact(low), above = exact(high) - magnitude;
  if (above < below || (above == below && code % 2 != 0)) ++code;
  const float result = std::bit_cast<float>(code);
  return sum < 0 ? -result : result;
}

struct Family {
  DatapathKind datapath;
  FormatKind format;
  int spread;  // octaves over which random magnitudes lie
};

// Near spreads stay in 64 bits, far ones need 128 or many words.
constexpr std::array<Family, 8> kFamilies{{{DatapathKind::fp32, FormatKind::fp32, 4},
                                           {DatapathKind::fp32, FormatKind::fp32, 30},
                                           {DatapathKind::fp32, FormatKind::fp32, 140},
                                           {DatapathKind::bf16, FormatKind::bf16, 12},
                                           {DatapathKind::bf16, FormatKind::bf16, 140},
                                           {DatapathKind::fp16, FormatKind::fp16, 16},
                                           {DatapathKind::fp8_e4m3, FormatKind::fp8_e4m3, 9},
                                           {DatapathKind::fp8_e5m2, FormatKind::fp8_e5m2, 16}}};

TEST(FloatFused, every_beat_is_the_exact_sum_rounded_once) {
  std::mt19937_64 random(20);
  for (const Family& family : kFamilies) {
    const auto format = make_minifloat({.kind = family.format});
    DatapathParameters parameters;
    parameters.kind = family.datapath;
    parameters.float_accumulation = FloatAccumulation::fused;
    const auto datapath = make_float_datapath(parameters, *format, *format);
    const auto draw = [&] {
      QuantiseCounts counts;
      const int exponent =
          static_cast<int>(random() % static_cast<unsigned>(2 * family.spread)) - family.spread;
      const double x = std::ldexp(1 + std::ldexp(static_cast<double>(random() >> 12), -52), exponent);
      return random() % 6 == 0 ? Code{0} : format->quantise((random() & 1) != 0 ? x : -x, {}, counts);
    };
    for (int round = 0; round < 120; ++round) {
      LaneHarness harness(*datapath, 1);
      cpp_int sum = 0;
      std::uint64_t rounded = 0, overflowed = 0;
      for (int beat = 0; beat < 3; ++beat) {
        std::vector<Code> a(32), b(32);
        for (Code& code : a) code = draw();
        for (Code& code : b) code = draw();
        harness.beat(a, b);
        for (std::size_t i = 0; i < a.size(); ++i)
          sum += exact_product(format->value(a[i], {}), format->value(b[i], {}));
        const float expected = nearest_float(sum);
        ASSERT_EQ(harness.value(), static_cast<double>(expected)) << format->name() << " " << family.spread;
        overflowed += std::isinf(expected) ? 1 : 0;
        if (std::isinf(expected)) break;
        rounded += exact(static_cast<double>(expected)) != sum ? 1 : 0;
        sum = exact(static_cast<double>(expected));
      }
      ASSERT_EQ(harness.counts.truncated_sums, rounded);
      ASSERT_EQ(harness.counts.saturations, overflowed);
      ASSERT_EQ(harness.counts.lost_products, 0u);
    }
  }
}

TEST(FloatFused, sums_cancel_exactly_across_the_whole_range) {
  const auto format = make_minifloat({.kind = FormatKind::fp32});
  DatapathParameters parameters;
  parameters.kind = DatapathKind::fp32;
  parameters.float_accumulation = FloatAccumulation::fused;
  const auto datapath = make_float_datapath(parameters, *format, *format);
  const auto code = [](float x) { return std::bit_cast<Code>(x); };
  const float big = std::numeric_limits<float>::max(), tiny = std::numeric_limits<float>::denorm_min();
  LaneHarness harness(*datapath, 1);
  const std::vector<Code> a{code(big), code(tiny), code(-big), code(3 * tiny)},
      b{code(big), code(1.0f), code(big), code(1.0f)};
  harness.beat(a, b);
  EXPECT_EQ(harness.value(), static_cast<double>(4 * tiny));
}

}  // namespace
}  // namespace lnsim::arith
