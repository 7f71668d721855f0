// A chain of the host's fused multiply-adds is the oracle of per_step; fused and aligned sums have theirs in
// tests/oracle.
#include "models/arith/float_datapath.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include "models/arith/integer_format.h"
#include "models/arith/minifloat.h"
#include "tests/unit/arith/lane_harness.h"

namespace lnsim::arith {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

constexpr std::array kAccumulations{FloatAccumulation::per_step, FloatAccumulation::fused,
                                    FloatAccumulation::aligned};

struct Lanes {
  std::unique_ptr<const NumberFormat> a, b;
  std::unique_ptr<const Datapath> datapath;
};

Lanes make(DatapathKind kind, FormatKind a, FormatKind b, FloatAccumulation accumulation) {
  Lanes lanes{make_minifloat({.kind = a}), make_minifloat({.kind = b}), nullptr};
  DatapathParameters parameters;
  parameters.kind = kind;
  parameters.float_accumulation = accumulation;
  lanes.datapath = make_float_datapath(parameters, *lanes.a, *lanes.b);
  return lanes;
}

struct Family {
  DatapathKind datapath;
  FormatKind format;
};
constexpr std::array<Family, 5> kFamilies{{{DatapathKind::fp32, FormatKind::fp32},
                                           {DatapathKind::fp16, FormatKind::fp16},
                                           {DatapathKind::bf16, FormatKind::bf16},
                                           {DatapathKind::fp8_e4m3, FormatKind::fp8_e4m3},
                                           {DatapathKind::fp8_e5m2, FormatKind::fp8_e5m2}}};

::testing::AssertionResult same_float(double got, float expected) {
  if (std::isnan(expected)
          ? std::isnan(got)
          : std::bit_cast<std::uint64_t>(got) == std::bit_cast<std::uint64_t>(static_cast<double>(expected)))
    return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << got << " instead of " << expected;
}

void check_all_pairs(FormatKind format_a, FormatKind format_b, FloatAccumulation accumulation) {
  const Lanes lanes = make(DatapathKind::fp8_e4m3, format_a, format_b, accumulation);
  std::vector<Code> a(256);
  for (Code code = 0; code < 256; ++code) a[code] = code;
  for (Code code = 0; code < 256; ++code) {
    LaneHarness harness(*lanes.datapath, 256);
    const std::vector<Code> b{code};
    harness.beat(a, b);
    const double y = lanes.b->value(code, {});
    for (unsigned lane = 0; lane < 256; ++lane) {
      // Exact in double, and in single precision.
      const double product = lanes.a->value(a[lane], {}) * y;
      const double expected = product == 0 ? 0.0 : product;  // +0 + -0 = +0
      ASSERT_TRUE(same_float(harness.value(lane), static_cast<float>(expected))) << lane << " " << code;
    }
    EXPECT_EQ(harness.counts.products, 256u);
    EXPECT_EQ(harness.counts.truncated_sums + harness.counts.lost_products + harness.counts.saturations, 0u);
  }
}

TEST(FloatDatapath, every_pair_of_8_bit_codes_has_the_exact_product) {
  for (const auto accumulation : kAccumulations) {
    check_all_pairs(FormatKind::fp8_e4m3, FormatKind::fp8_e4m3, accumulation);
    check_all_pairs(FormatKind::fp8_e5m2, FormatKind::fp8_e5m2, accumulation);
    check_all_pairs(FormatKind::fp8_e4m3, FormatKind::fp8_e5m2, accumulation);
  }
}

TEST(FloatDatapath, every_16_bit_code_times_one_is_itself) {
  for (const Family& family : {kFamilies[1], kFamilies[2]})
    for (const auto accumulation : kAccumulations) {
      const Lanes lanes = make(family.datapath, family.format, family.format, accumulation);
      QuantiseCounts counts;
      const std::vector<Code> one{lanes.b->quantise(1.0, {}, counts)};
      std::vector<Code> all(65536);
      for (Code code = 0; code < 65536; ++code) all[code] = code;
      LaneHarness harness(*lanes.datapath, 65536);
      harness.beat(all, one);
      for (Code code = 0; code < 65536; ++code) {
        const auto expected = static_cast<float>(lanes.a->value(code, {}));
        ASSERT_TRUE(same_float(harness.value(code), expected == 0 ? 0.0f : expected)) << code;
      }
    }
}

// Codes whose magnitudes lie close together, so that sums cancel, round and now and then run over.
std::vector<Code> random_codes(const NumberFormat& format, std::size_t count, std::mt19937_64& random,
                               bool anything) {
  const unsigned bits = format.storage_bits();
  const Code mask = bits == 32 ? ~Code{0} : (Code{1} << bits) - 1;
  std::vector<Code> codes(count);
  for (Code& code : codes) {
    if (anything) {
      code = static_cast<Code>(random()) & mask;
      continue;
    }
    const double x = std::ldexp(1 + std::ldexp(static_cast<double>(random() >> 12), -52),
                                static_cast<int>(random() % 9) - 4);
    QuantiseCounts counts;
    code = random() % 5 == 0 ? format.zero_code() : format.quantise((random() & 1) != 0 ? x : -x, {}, counts);
  }
  return codes;
}

struct Chain {
  float sum = 0;
  std::uint64_t lost = 0, rounded = 0, overflowed = 0;
  void add(double x, double y) {
    const auto a = static_cast<float>(x), b = static_cast<float>(y);
    const float next = std::fma(a, b, sum);
    if (std::isfinite(sum) && std::isfinite(a) && std::isfinite(b)) {
      if (a != 0 && b != 0 && next == sum && std::signbit(next) == std::signbit(sum)) ++lost;
      if (std::isinf(next)) ++overflowed;
      // The product of operands of up to 26 bits is exact in double; the sum is when Knuth's error term is
      // zero.
      const double product = x * y, exact = sum + product;
      const double part = exact - sum, error = (sum - (exact - part)) + (product - part);
      if (!std::isinf(next) && (error != 0 || static_cast<double>(next) != exact)) ++rounded;
    }
    sum = next;
  }
};

void check_chain(const Family& family, bool anything, int rounds) {
  const Lanes lanes = make(family.datapath, family.format, family.format, FloatAccumulation::per_step);
  std::mt19937_64 random(8);
  constexpr unsigned kLanes = 7;
  constexpr std::size_t kSize = 32;
  for (int round = 0; round < rounds; ++round) {
    LaneHarness harness(*lanes.datapath, kLanes);
    std::array<Chain, kLanes> chains;
    std::uint64_t zero_products = 0;
    for (int beat = 0; beat < 3; ++beat) {
      const auto a = random_codes(*lanes.a, kLanes * kSize, random, anything);
      const auto b = random_codes(*lanes.b, kSize, random, anything);
      const std::size_t padding = static_cast<std::size_t>(beat) * 5;
      harness.beat(a, b, padding);
      for (unsigned lane = 0; lane < kLanes; ++lane)
        for (std::size_t i = 0; i < kSize - padding; ++i) {
          const double x = lanes.a->value(a[lane * kSize + i], {}), y = lanes.b->value(b[i], {});
          chains[lane].add(x, y);
          zero_products += x == 0 || y == 0 ? 1 : 0;
        }
    }
    DotCounts expected;
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      ASSERT_TRUE(same_float(harness.value(lane), chains[lane].sum)) << lanes.a->name() << " round " << round;
      expected.lost_products += chains[lane].lost;
      expected.truncated_sums += chains[lane].rounded;
      expected.saturations += chains[lane].overflowed;
    }
    ASSERT_EQ(harness.counts.products, kLanes * (3 * kSize - 15));
    ASSERT_EQ(harness.counts.zero_products, zero_products);
    ASSERT_EQ(harness.counts.lost_products, expected.lost_products);
    ASSERT_EQ(harness.counts.saturations, expected.saturations);
    if (family.datapath != DatapathKind::fp32) {
      ASSERT_EQ(harness.counts.truncated_sums, expected.truncated_sums);
    }
  }
}

TEST(FloatDatapath, per_step_sums_equal_a_chain_of_fused_multiply_adds) {
  for (const Family& family : kFamilies) check_chain(family, false, 200);
}

TEST(FloatDatapath, per_step_sums_of_any_bits_equal_a_chain_of_fused_multiply_adds) {
  // Subnormals, overflow, infinities and NaNs included.
  for (const Family& family : kFamilies) check_chain(family, true, 300);
}

// One lane, one beat of FP32 values given as floats.
LaneHarness run(const Lanes& lanes, const std::vector<float>& a, const std::vector<float>& b) {
  LaneHarness harness(*lanes.datapath, 1);
  std::vector<Code> codes_a, codes_b;
  for (const float x : a) codes_a.push_back(std::bit_cast<Code>(x));
  for (const float x : b) codes_b.push_back(std::bit_cast<Code>(x));
  harness.beat(codes_a, codes_b);
  return harness;
}

TEST(FloatDatapath, tiny_sums_round_at_the_subnormal_limit) {
  const Lanes lanes =
      make(DatapathKind::fp32, FormatKind::fp32, FormatKind::fp32, FloatAccumulation::per_step);
  const float tiny = std::numeric_limits<float>::denorm_min(), least = std::numeric_limits<float>::min();
  for (const float x : {tiny, -tiny, 3 * tiny, least, -1.5f * least})
    for (const float y : {0.5f, 0.75f, 1.0f, -0.25f, 1e-30f, -tiny})
      for (const float z : {0.0f, least, tiny}) {
        const float expected = std::fma(x, y, std::fma(z, 1.0f, 0.0f));
        ASSERT_TRUE(same_float(run(lanes, {z, x}, {1.0f, y}).value(), expected)) << x << " " << y << " " << z;
      }
  // A product below the subnormal range leaves a zero with its sign, and -0 + -0 stays.
  EXPECT_TRUE(same_float(run(lanes, {tiny, -0.0f}, {-tiny, 1.0f}).value(), -0.0f));
  EXPECT_TRUE(same_float(run(lanes, {tiny, 0.0f}, {-tiny, 1.0f}).value(), 0.0f));
}

TEST(FloatDatapath, what_deep_cancellation_leaves_is_exact) {
  // (1 + 2^-23)^2 - (1 + 2^-22) = 2^-46.
  const float x = 1 + std::ldexp(1.0f, -23), y = -1 - std::ldexp(1.0f, -22);
  for (const auto accumulation : {FloatAccumulation::per_step, FloatAccumulation::fused}) {
    const Lanes lanes = make(DatapathKind::fp32, FormatKind::fp32, FormatKind::fp32, accumulation);
    const LaneHarness harness = run(lanes, {y, x}, {1.0f, x});
    EXPECT_EQ(harness.value(), std::ldexp(1.0, -46));
    EXPECT_EQ(harness.counts, (DotCounts{.products = 2}));
  }
}

TEST(FloatDatapath, an_aligned_beat_drops_what_lies_below_its_largest_product) {
  // (1 + 2^-23)^2 ends 46 places below its leading one.
  const float x = 1 + std::ldexp(1.0f, -23), y = -1 - std::ldexp(1.0f, -22);
  const Lanes lanes =
      make(DatapathKind::fp32, FormatKind::fp32, FormatKind::fp32, FloatAccumulation::aligned);
  const LaneHarness cancelled = run(lanes, {y, x}, {1.0f, x});
  EXPECT_EQ(cancelled.value(), 0.0);
  EXPECT_EQ(cancelled.counts, (DotCounts{.products = 2, .truncated_sums = 1}));
  // 27 bits: 2^-26 still counts beside 1, 2^-27 does not, of either sign.
  const float last = std::ldexp(1.0f, -26);
  EXPECT_EQ(run(lanes, {1.0f, last, -1.0f}, {1.0f, 1.0f, 1.0f}).value(), static_cast<double>(last));
  for (const float below : {last / 2, -last / 2}) {
    const LaneHarness lost = run(lanes, {1.0f, below, -1.0f}, {1.0f, 1.0f, 1.0f});
    EXPECT_EQ(lost.value(), 0.0);
    EXPECT_EQ(lost.counts, (DotCounts{.products = 3, .lost_products = 1, .truncated_sums = 1}));
  }
}

TEST(FloatDatapath, an_aligned_beat_is_added_to_the_whole_accumulator) {
  const Lanes lanes =
      make(DatapathKind::fp32, FormatKind::fp32, FormatKind::fp32, FloatAccumulation::aligned);
  const std::vector<Code> one(1, std::bit_cast<Code>(1.0f));
  const auto add = [&](LaneHarness& harness, float x) {
    const std::vector<Code> code{std::bit_cast<Code>(x)};
    harness.beat(code, one);
    return harness.value();
  };
  // Far below the accumulator products are rounded away with it, and none of them is lost before.
  const float bits = 1 + std::ldexp(1.0f, -23), high = std::ldexp(1.0f, 40);
  LaneHarness below = run(lanes, {high}, {1.0f});
  EXPECT_EQ(add(below, bits), static_cast<double>(high));
  EXPECT_EQ(below.counts, (DotCounts{.products = 2, .truncated_sums = 1}));
  LaneHarness beside = run(lanes, {bits}, {1.0f});
  EXPECT_EQ(add(beside, -1.0f), std::ldexp(1.0, -23));
  // An accumulator 30 octaves below the product: cut to 27 bits it would be gone, here it decides a tie.
  LaneHarness above = run(lanes, {std::ldexp(1.0f, -30)}, {1.0f});
  const std::vector<Code> half{std::bit_cast<Code>(bits), std::bit_cast<Code>(std::ldexp(1.0f, -24))};
  above.beat(half, std::vector<Code>(2, one[0]));
  EXPECT_EQ(above.value(), 1 + std::ldexp(1.0, -22));
  LaneHarness tie = run(lanes, {-std::ldexp(1.0f, -30)}, {1.0f});
  tie.beat(half, std::vector<Code>(2, one[0]));
  EXPECT_EQ(tie.value(), static_cast<double>(bits));
  EXPECT_EQ(tie.counts, (DotCounts{.products = 3, .truncated_sums = 1}));
}

TEST(FloatDatapath, an_exact_sum_of_zero_is_positive_unless_it_is_a_chain) {
  const float tiny = std::numeric_limits<float>::denorm_min();
  for (const auto accumulation : {FloatAccumulation::fused, FloatAccumulation::aligned}) {
    const Lanes lanes = make(DatapathKind::fp32, FormatKind::fp32, FormatKind::fp32, accumulation);
    EXPECT_TRUE(same_float(run(lanes, {-0.0f}, {1.0f}).value(), 0.0f));
    // What rounds to zero keeps its sign, until a beat of zeros or of padding makes an exact zero of it.
    LaneHarness harness = run(lanes, {tiny}, {-tiny});
    EXPECT_TRUE(same_float(harness.value(), -0.0f));
    EXPECT_EQ(harness.counts, (DotCounts{.products = 1, .truncated_sums = 1}));
    harness.beat(std::vector<Code>{0}, std::vector<Code>{0}, 1);
    EXPECT_TRUE(same_float(harness.value(), 0.0f));
  }
}

TEST(FloatDatapath, a_width_no_adder_tree_has_is_refused) {
  const auto fp16 = make_minifloat({.kind = FormatKind::fp16});
  DatapathParameters parameters;
  parameters.kind = DatapathKind::fp16;
  for (const unsigned bits : {7u, 49u}) {
    parameters.alignment_bits = bits;
    EXPECT_THROW(make_float_datapath(parameters, *fp16, *fp16), std::invalid_argument);
  }
}

TEST(FloatDatapath, a_fused_beat_rounds_once_where_a_chain_loses_every_product) {
  const std::vector<float> a{16777216.0f, 1.0f, 1.0f, 1.0f, 1.0f}, b(5, 1.0f);
  const Lanes chain =
      make(DatapathKind::fp32, FormatKind::fp32, FormatKind::fp32, FloatAccumulation::per_step);
  const LaneHarness stepped = run(chain, a, b);
  EXPECT_EQ(stepped.value(), 16777216.0);
  EXPECT_EQ(
      stepped.counts,
      (DotCounts{
          .products = 5, .zero_products = 0, .lost_products = 4, .truncated_sums = 4, .saturations = 0}));
  const Lanes fused = make(DatapathKind::fp32, FormatKind::fp32, FormatKind::fp32, FloatAccumulation::fused);
  const LaneHarness summed = run(fused, a, b);
  EXPECT_EQ(summed.value(), 16777220.0);
  EXPECT_EQ(summed.counts, (DotCounts{.products = 5}));
}

TEST(FloatDatapath, sums_that_run_over_become_infinite_and_are_counted) {
  const float big = std::numeric_limits<float>::max();
  for (const auto accumulation : kAccumulations) {
    const Lanes lanes = make(DatapathKind::fp32, FormatKind::fp32, FormatKind::fp32, accumulation);
    const LaneHarness over = run(lanes, {-big, -big}, {1.0f, 1.0f});
    EXPECT_EQ(over.value(), -kInfinity);
    EXPECT_EQ(over.counts.saturations, 1u);
  }
  // Inside a fused sum nothing overflows.
  const Lanes fused = make(DatapathKind::fp32, FormatKind::fp32, FormatKind::fp32, FloatAccumulation::fused);
  EXPECT_EQ(run(fused, {big, big, -big}, {2.0f, 1.0f, 2.0f}).value(), static_cast<double>(big));
}

TEST(FloatDatapath, infinities_and_nans_follow_ieee) {
  const float infinity = std::numeric_limits<float>::infinity(), nan = std::nanf("");
  for (const auto accumulation : kAccumulations) {
    const Lanes lanes = make(DatapathKind::fp32, FormatKind::fp32, FormatKind::fp32, accumulation);
    EXPECT_EQ(run(lanes, {1.0f, infinity}, {2.0f, -3.0f}).value(), -kInfinity);
    EXPECT_TRUE(std::isnan(run(lanes, {infinity, infinity}, {1.0f, -1.0f}).value()));
    EXPECT_TRUE(std::isnan(run(lanes, {infinity}, {0.0f}).value()));
    EXPECT_TRUE(std::isnan(run(lanes, {nan, 1.0f}, {0.0f, 1.0f}).value()));
    // An accumulator that is not finite stays so, also through finite beats.
    LaneHarness harness = run(lanes, {infinity}, {1.0f});
    const std::vector<Code> one{std::bit_cast<Code>(1.0f)};
    harness.beat(one, one);
    EXPECT_EQ(harness.value(), kInfinity);
  }
}

TEST(FloatDatapath, scale_offsets_are_exact_octaves) {
  for (const auto accumulation : kAccumulations) {
    const Lanes lanes =
        make(DatapathKind::fp8_e4m3, FormatKind::fp8_e4m3, FormatKind::fp8_e4m3, accumulation);
    LaneHarness harness(*lanes.datapath, 1);
    const std::vector<Code> a{0x39}, b{0x3a};  // 1.125 and 1.25
    harness.beat(a, b, 0, -30, -7);
    EXPECT_EQ(harness.value(), std::ldexp(1.125 * 1.25, -37));
    harness.beat(a, b, 0, -4096, -4096);
    EXPECT_EQ(harness.value(), std::ldexp(1.125 * 1.25, -37));
    EXPECT_EQ(harness.counts.truncated_sums, 1u);
    EXPECT_THROW(harness.beat(a, b, 0, 1, 0), std::invalid_argument);
    EXPECT_THROW(harness.beat(a, b, 0, 0, -4097), std::invalid_argument);
  }
}

TEST(FloatDatapath, emission_scales_exactly_and_rounds_once) {
  const Lanes lanes =
      make(DatapathKind::fp32, FormatKind::fp32, FormatKind::fp32, FloatAccumulation::per_step);
  const auto e4m3 = make_minifloat({.kind = FormatKind::fp8_e4m3});
  const auto int8 = make_integer({.kind = FormatKind::integer, .bits = 8});
  QuantiseCounts counts;
  const auto emit = [&](const LaneHarness& harness, const NumberFormat& output, Scale a, Scale b, Scale out) {
    return lanes.datapath->emit(harness.accumulator(), a, b, output, out, counts);
  };
  const LaneHarness third = run(lanes, {1.0f}, {1.0f / 3.0f});
  EXPECT_EQ(emit(third, *e4m3, {3}, {-10}, {-7}), 0x2bu);  // 1.375 * 2^-2 is the nearest to 1/3
  EXPECT_EQ(emit(third, *int8, {2}, {6}, {256}), 43u);     // 256 / 3 / 2 = 42.67
  EXPECT_EQ(emit(third, *lanes.a, {1000}, {-1000}, {0}), std::bit_cast<Code>(1.0f / 3.0f));
  EXPECT_EQ(counts, (QuantiseCounts{.values = 3}));
  // Scales whose powers of two lie beyond double.
  EXPECT_EQ(emit(third, *e4m3, {5000}, {5000}, {0}), 0x7eu);
  EXPECT_EQ(emit(third, *e4m3, {std::numeric_limits<int>::min()}, {-1}, {0}), 0u);
  EXPECT_EQ(counts.saturated, 1u);
  EXPECT_EQ(counts.underflow_flushed, 1u);
}

TEST(FloatDatapath, emission_of_what_is_not_finite_is_counted) {
  const float infinity = std::numeric_limits<float>::infinity();
  const Lanes lanes =
      make(DatapathKind::fp32, FormatKind::fp32, FormatKind::fp32, FloatAccumulation::per_step);
  const auto e4m3 = make_minifloat({.kind = FormatKind::fp8_e4m3});
  const auto int8 = make_integer({.kind = FormatKind::integer, .bits = 8});
  QuantiseCounts counts;
  const LaneHarness infinite = run(lanes, {-infinity}, {1.0f}), nan = run(lanes, {infinity}, {0.0f});
  EXPECT_EQ(lanes.datapath->emit(infinite.accumulator(), {}, {}, *e4m3, {}, counts), 0xfeu);
  EXPECT_EQ(lanes.datapath->emit(infinite.accumulator(), {}, {}, *int8, {}, counts), 0x81u);
  EXPECT_EQ(lanes.datapath->emit(nan.accumulator(), {}, {}, *e4m3, {}, counts), 0x7fu);
  EXPECT_EQ(lanes.datapath->emit(nan.accumulator(), {}, {}, *int8, {}, counts), int8->zero_code());
  EXPECT_EQ(counts, (QuantiseCounts{.values = 4, .saturated = 4}));
}

TEST(FloatDatapath, formats_of_another_family_are_refused) {
  const auto fp16 = make_minifloat({.kind = FormatKind::fp16}),
             bf16 = make_minifloat({.kind = FormatKind::bf16});
  DatapathParameters parameters;
  for (const auto kind :
       {DatapathKind::lns, DatapathKind::int8, DatapathKind::fp32, DatapathKind::fp8_e5m2}) {
    parameters.kind = kind;
    EXPECT_THROW(make_float_datapath(parameters, *fp16, *fp16), std::invalid_argument);
  }
  parameters.kind = DatapathKind::fp16;
  EXPECT_THROW(make_float_datapath(parameters, *fp16, *bf16), std::invalid_argument);
  const auto datapath = make_float_datapath(parameters, *fp16, *fp16);
  EXPECT_EQ(datapath->accumulator_bits(), 32u);
  EXPECT_EQ(datapath->parameters().kind, DatapathKind::fp16);
}

}  // namespace
}  // namespace lnsim::arith
