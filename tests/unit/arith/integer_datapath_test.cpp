#include "models/arith/integer_datapath.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <stdexcept>
#include <vector>

#include "models/arith/integer_format.h"
#include "models/arith/minifloat.h"
#include "tests/unit/arith/lane_harness.h"

namespace lnsim::arith {
namespace {

struct Lanes {
  std::unique_ptr<const NumberFormat> a, b;
  std::unique_ptr<const Datapath> datapath;
};

Lanes make(unsigned bits_a, unsigned bits_b, AccumulatorMode mode, unsigned accumulator_bits = 24,
           Overflow overflow = Overflow::saturate) {
  Lanes lanes{make_integer({.kind = FormatKind::integer, .bits = bits_a}),
              make_integer({.kind = FormatKind::integer, .bits = bits_b}), nullptr};
  DatapathParameters parameters;
  parameters.kind = DatapathKind::int8;
  parameters.accumulator = mode;
  parameters.accumulator_bits = accumulator_bits;
  parameters.overflow = overflow;
  lanes.datapath = make_integer_datapath(parameters, *lanes.a, *lanes.b);
  return lanes;
}

TEST(IntegerDatapath, every_pair_of_8_bit_codes_has_the_exact_product) {
  const Lanes lanes = make(8, 8, AccumulatorMode::narrow);
  std::vector<Code> a;
  for (Code code = 0; code < 256; ++code)
    if (lanes.a->is_valid(code)) a.push_back(code);
  for (const Code code : a) {
    LaneHarness harness(*lanes.datapath, 255);
    const std::vector<Code> b{code};
    harness.beat(a, b);
    for (unsigned lane = 0; lane < 255; ++lane)
      ASSERT_EQ(harness.value(lane), lanes.a->value(a[lane], {}) * lanes.b->value(code, {}));
    ASSERT_EQ(harness.counts, (DotCounts{.products = 255,
                                         .zero_products = code == 0 ? 255u : 1u,
                                         .lost_products = 0,
                                         .truncated_sums = 0,
                                         .saturations = 0}));
  }
}

TEST(IntegerDatapath, exact_sums_equal_64_bit_arithmetic_for_every_width) {
  std::mt19937_64 random(9);
  for (const unsigned bits : {2u, 8u, 11u, 12u, 16u}) {
    const Lanes lanes = make(bits, bits, AccumulatorMode::exact);
    EXPECT_EQ(lanes.datapath->accumulator_bits(), 64u);
    const std::int32_t top = (1 << (bits - 1)) - 1;
    const auto draw = [&] {
      return static_cast<std::int32_t>(random() % static_cast<unsigned>(2 * top + 1)) - top;
    };
    constexpr std::size_t kSize = 1500;  // more than one chunk
    LaneHarness harness(*lanes.datapath, 3);
    std::int64_t expected[3] = {};
    std::uint64_t zeros = 0;
    for (int beat = 0; beat < 20; ++beat) {
      std::vector<std::int32_t> a(3 * kSize), b(kSize);
      std::vector<Code> codes_a, codes_b;
      for (auto& x : a)
        codes_a.push_back(static_cast<Code>(x = beat == 0 ? top : draw()) & ((1u << bits) - 1));
      for (auto& x : b)
        codes_b.push_back(static_cast<Code>(x = beat == 0 ? -top : draw()) & ((1u << bits) - 1));
      harness.beat(codes_a, codes_b, 100);
      for (std::size_t lane = 0; lane < 3; ++lane)
        for (std::size_t i = 0; i < kSize - 100; ++i) {
          expected[lane] += std::int64_t{a[lane * kSize + i]} * b[i];
          zeros += a[lane * kSize + i] == 0 || b[i] == 0 ? 1 : 0;
        }
    }
    for (unsigned lane = 0; lane < 3; ++lane)
      EXPECT_EQ(harness.value(lane), static_cast<double>(expected[lane]));
    EXPECT_EQ(harness.counts, (DotCounts{.products = 20 * 3 * (kSize - 100),
                                         .zero_products = zeros,
                                         .lost_products = 0,
                                         .truncated_sums = 0,
                                         .saturations = 0}));
  }
}

TEST(IntegerDatapath, a_narrow_accumulator_saturates_or_wraps_after_each_beat) {
  const std::vector<Code> top(4, 127), bottom(4, 0x81);
  const Lanes saturating = make(8, 8, AccumulatorMode::narrow, 16);  // -32768 .. 32767; a beat adds 64516
  EXPECT_EQ(saturating.datapath->accumulator_bits(), 16u);
  LaneHarness harness(*saturating.datapath, 1);
  harness.beat(top, top);
  EXPECT_EQ(harness.value(), 32767.0);
  harness.beat(top, bottom);
  EXPECT_EQ(harness.value(), 32767.0 - 64516.0);
  harness.beat(top, bottom);
  EXPECT_EQ(harness.value(), -32768.0);
  EXPECT_EQ(harness.counts.saturations, 2u);

  const Lanes wrapping = make(8, 8, AccumulatorMode::narrow, 16, Overflow::wrap);
  LaneHarness wrapped(*wrapping.datapath, 1);
  wrapped.beat(top, top);
  EXPECT_EQ(wrapped.value(), 64516.0 - 65536.0);
  wrapped.beat(top, bottom);
  EXPECT_EQ(wrapped.value(), -64516.0 - 1020.0 + 65536.0);
  wrapped.beat(top, bottom);
  EXPECT_EQ(wrapped.value(), 0.0 - 64516.0 + 65536.0);
  EXPECT_EQ(wrapped.counts.saturations, 3u);
}

TEST(IntegerDatapath, emission_scales_on_the_grid_and_rounds_once) {
  const Lanes lanes = make(8, 8, AccumulatorMode::exact);
  LaneHarness harness(*lanes.datapath, 1);
  const std::vector<Code> a{100, 27}, b{90, 0xff};
  harness.beat(a, b);  // 8973
  QuantiseCounts counts;
  const auto emit = [&](const NumberFormat& output, Scale scale_a, Scale scale_b, Scale out) {
    return lanes.datapath->emit(harness.accumulator(), scale_a, scale_b, output, out, counts);
  };
  EXPECT_EQ(emit(*lanes.a, {-256}, {-256}, {1024}), 127u);  // 8973 / 64 = 140.2
  EXPECT_EQ(emit(*lanes.a, {-256}, {-256}, {1280}), 70u);   // 70.1
  EXPECT_EQ(emit(*lanes.a, {-200}, {-184}, {1408}), 70u);   // the same 2^-7 from scales between octaves
  const auto e5m2 = make_minifloat({.kind = FormatKind::fp8_e5m2});
  EXPECT_EQ(emit(*e5m2, {-256}, {-768}, {3}), 0x54u);  // 70.1 rounds to 64: exponent 6 + 15, fraction 0
  EXPECT_EQ(counts, (QuantiseCounts{.values = 4, .saturated = 1}));
}

TEST(IntegerDatapath, offsets_and_other_families_are_refused) {
  const Lanes lanes = make(8, 8, AccumulatorMode::narrow);
  LaneHarness harness(*lanes.datapath, 1);
  const std::vector<Code> one{1};
  EXPECT_THROW(harness.beat(one, one, 0, -1, 0), std::invalid_argument);
  EXPECT_THROW(harness.beat(one, one, 0, 0, -256), std::invalid_argument);
  EXPECT_EQ(lanes.datapath->parameters().kind, DatapathKind::int8);
  const auto fp16 = make_minifloat({.kind = FormatKind::fp16});
  DatapathParameters parameters;
  EXPECT_THROW(make_integer_datapath(parameters, *lanes.a, *lanes.b), std::invalid_argument);  // kind lns
  parameters.kind = DatapathKind::int8;
  EXPECT_THROW(make_integer_datapath(parameters, *lanes.a, *fp16), std::invalid_argument);
  EXPECT_THROW(make_integer_datapath(parameters, *fp16, *lanes.b), std::invalid_argument);
  parameters.accumulator_bits = 63;
  EXPECT_THROW(make_integer_datapath(parameters, *lanes.a, *lanes.b), std::invalid_argument);
  parameters.accumulator_bits = 7;
  EXPECT_THROW(make_integer_datapath(parameters, *lanes.a, *lanes.b), std::invalid_argument);
}

}  // namespace
}  // namespace lnsim::arith
