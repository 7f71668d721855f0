// Fused sums against exact integers of unbounded width.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "models/arith/float_datapath.h"
#include "models/arith/minifloat.h"
#include "tests/oracle/exact_float.h"
#include "tests/unit/arith/lane_harness.h"

namespace lnsim::arith {
namespace {

TEST(FloatFused, every_beat_is_the_exact_sum_rounded_once) {
  std::mt19937_64 random(20);
  for (const Family& family : kFamilies) {
    const auto format = make_minifloat({.kind = family.format});
    DatapathParameters parameters;
    parameters.kind = family.datapath;
    parameters.float_accumulation = FloatAccumulation::fused;
    const auto datapath = make_float_datapath(parameters, *format, *format);
    for (int round = 0; round < 120; ++round) {
      LaneHarness harness(*datapath, 1);
      cpp_int sum = 0;
      std::uint64_t rounded = 0, overflowed = 0;
      for (int beat = 0; beat < 3; ++beat) {
        std::vector<Code> a(32), b(32);
        for (Code& code : a) code = draw(*format, family.spread, random);
        for (Code& code : b) code = draw(*format, family.spread, random);
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
