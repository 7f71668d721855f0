#include "models/arith/lns_convert.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lnsim::arith {
namespace {

LnsLayout layout(unsigned bits, unsigned gamma, ZeroCode zero = ZeroCode::flag,
                 Underflow underflow = Underflow::clamp) {
  return LnsLayout({.bits = bits, .gamma = gamma, .zero = zero, .underflow = underflow});
}

TEST(LnsConvert, stored_weights_become_operands_by_the_published_shift) {
  const LnsLayout operand = layout(8, 8);
  for (unsigned bits = 9; bits <= 16; ++bits) {
    const unsigned d = bits - 8;
    const LnsLayout stored = layout(bits, 8u << d);
    const std::int32_t kb = -123;
    QuantiseCounts counts;
    for (std::int32_t e = 0; e <= stored.top(); ++e) {
      const Code code = convert(stored.encode(true, e), stored, {kb * (1 << d)}, operand, {kb}, counts);
      const std::int32_t expected = std::min(127, (e + (1 << (d - 1))) >> d);
      ASSERT_EQ(code, operand.encode(true, expected)) << bits << " bits, e = " << e;
    }
    EXPECT_EQ(counts.values, static_cast<std::uint64_t>(stored.top()) + 1);
    EXPECT_EQ(counts.saturated, 1u << (d - 1));  // exponents that round up past 127
  }
}

TEST(LnsConvert, scale_of_equal_range_stays_and_of_another_range_keeps_the_top) {
  EXPECT_EQ(convert_scale({-31488}, layout(16, 2048), layout(8, 8)), Scale{-123});
  EXPECT_EQ(convert_scale({-124 * 16}, layout(12, 128), layout(8, 8)), Scale{-124});
  // 127/16 of an octave instead of 15.99: the top, 32767 / 2048 - 16 = 0 octaves and 255/256 down, stays.
  EXPECT_EQ(convert_scale({-32768}, layout(16, 2048), layout(8, 16)), Scale{-1 - 127});
}

TEST(LnsConvert, finer_grid_is_exact) {
  QuantiseCounts counts;
  EXPECT_EQ(convert(5, layout(8, 8), {-3}, layout(16, 128), {-48}, counts), Code{5 * 16});
  EXPECT_EQ(counts, (QuantiseCounts{.values = 1}));
}

TEST(LnsConvert, zero_and_the_ends_of_the_range_are_kept_and_counted) {
  const LnsLayout stored = layout(16, 2048);
  QuantiseCounts counts;
  EXPECT_EQ(convert(stored.zero_code(), stored, {}, layout(8, 8), {}, counts), layout(8, 8).zero_code());
  EXPECT_EQ(counts, (QuantiseCounts{.values = 1}));

  counts = {};
  EXPECT_EQ(convert(stored.encode(false, 100), stored, {-2048}, layout(8, 8), {}, counts), Code{0});
  EXPECT_EQ(counts, (QuantiseCounts{.values = 1, .underflow_clamped = 1}));

  counts = {};
  const LnsLayout flushing = layout(8, 8, ZeroCode::reserved, Underflow::flush);
  EXPECT_EQ(convert(stored.encode(false, 100), stored, {-2048}, flushing, {}, counts), flushing.zero_code());
  EXPECT_EQ(counts, (QuantiseCounts{.values = 1, .underflow_flushed = 1}));
}

}  // namespace
}  // namespace lnsim::arith
