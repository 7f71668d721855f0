#include "models/arith/wide_sum.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "models/arith/uint128.h"

namespace lnsim::arith {
namespace {

TEST(WideSum, equals_128_bit_arithmetic_on_random_addends) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::array<std::uint64_t, 2> words{};
    Int128 expected = 0;
    for (int i = 0; i < 50; ++i) {
      const bool negative = (random() & 1) != 0;
      const std::uint64_t magnitude = random() >> (random() % 64);
      const unsigned shift = static_cast<unsigned>(random() % 58);
      wide_add(words, negative, magnitude, shift);
      const Int128 term = static_cast<Int128>(magnitude) << shift;
      expected += negative ? -term : term;
      ASSERT_EQ(words[0], static_cast<std::uint64_t>(expected));
      ASSERT_EQ(words[1], static_cast<std::uint64_t>(expected >> 64));
      ASSERT_EQ(wide_sign(words), expected < 0 ? -1 : (expected > 0 ? 1 : 0));
    }
  }
}

TEST(WideSum, carries_and_borrows_run_through_all_words) {
  std::vector<std::uint64_t> words(4);
  wide_add(words, true, 1, 0);
  EXPECT_EQ(words, std::vector<std::uint64_t>(4, ~std::uint64_t{0}));
  EXPECT_EQ(wide_top_bit(words), 0);
  wide_add(words, false, 1, 0);
  EXPECT_TRUE(wide_is_zero(words));
  EXPECT_EQ(wide_top_bit(words), -1);
  EXPECT_EQ(wide_sign(words), 0);
  wide_add(words, false, 3, 190);
  EXPECT_EQ(wide_top_bit(words), 191);
  wide_add(words, true, 1, 0);
  EXPECT_EQ(words,
            (std::vector<std::uint64_t>{~std::uint64_t{0}, ~std::uint64_t{0}, 0xbfffffffffffffffu, 0}));
}

TEST(WideSum, sums_compare_negate_and_add_as_integers) {
  std::vector<std::uint64_t> small(3), large(3);
  wide_add(small, true, 5, 130);
  wide_add(large, false, 7, 3);
  EXPECT_EQ(wide_compare(small, large), -1);
  EXPECT_EQ(wide_compare(large, small), 1);
  EXPECT_EQ(wide_compare(large, large), 0);
  std::vector<std::uint64_t> opposite = small;
  wide_negate(opposite);
  EXPECT_EQ(wide_compare(small, opposite), -1);
  EXPECT_EQ(wide_to_double(opposite, -130), 5.0);
  wide_add(std::span(opposite), std::span<const std::uint64_t>(small));
  EXPECT_TRUE(wide_is_zero(opposite));
}

TEST(WideSum, a_sum_becomes_the_nearest_double_with_ties_to_even) {
  std::vector<std::uint64_t> words(4);
  wide_add(words, false, 1, 100);
  wide_add(words, false, 1, 47);  // half an ulp
  EXPECT_EQ(wide_to_double(words, 0), std::ldexp(1.0, 100));
  wide_add(words, false, 1, 0);  // and a little more
  EXPECT_EQ(wide_to_double(words, 0), std::ldexp(1.0, 100) + std::ldexp(1.0, 48));
  wide_negate(words);
  EXPECT_EQ(wide_to_double(words, 5), -(std::ldexp(1.0, 105) + std::ldexp(1.0, 53)));
  EXPECT_TRUE(wide_normalise(words, 0).sticky);
  EXPECT_EQ(wide_normalise(words, 0).exponent, 100);
}

TEST(WideSum, doubles_survive_the_way_in_and_out) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 200000; ++i) {
    const double x = std::bit_cast<double>(random());
    if (!std::isfinite(x)) continue;
    ASSERT_EQ(to_double(from_double(x)), x);
  }
  constexpr double kTiny = std::numeric_limits<double>::denorm_min();
  for (const double x : {0.0, kTiny, 3 * kTiny, std::numeric_limits<double>::min(), 1.0, -1.5})
    EXPECT_EQ(to_double(from_double(x)), x);
}

TEST(WideSum, doubles_round_at_both_ends_of_their_range) {
  EXPECT_EQ(to_double(normalise(true, 1, 2000)), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(to_double(normalise(false, ~std::uint64_t{0}, 960)), std::numeric_limits<double>::infinity());
  EXPECT_EQ(to_double(normalise(false, 1, -1075)), 0.0);  // a tie, to even
  EXPECT_EQ(to_double(normalise(false, 3, -1075)), 2 * std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(to_double(normalise(false, 1, -1076)), 0.0);
  Normalised above_tie = normalise(false, 1, -1075);
  above_tie.sticky = true;
  EXPECT_EQ(to_double(above_tie), std::numeric_limits<double>::denorm_min());
}

TEST(WideSum, words_hold_the_addends_they_were_counted_for) {
  EXPECT_EQ(wide_sum_words(46, 10), 1u);  // 46 + 10 + sign
  EXPECT_EQ(wide_sum_words(53, 10), 1u);
  EXPECT_EQ(wide_sum_words(54, 10), 2u);
}

TEST(Uint128, the_high_half_of_a_product_is_exact) {
  const Uint128 all = ~Uint128{0};
  EXPECT_TRUE(multiply_high(all, all) == all - 1);
  EXPECT_TRUE(multiply_high(uint128(1, 0), uint128(1, 0)) == 1);
  EXPECT_TRUE(multiply_high(uint128(1, 0), uint128(0, ~std::uint64_t{0})) == 0);
  EXPECT_EQ(countl_zero(uint128(0, 1)), 127);
  EXPECT_EQ(countl_zero(uint128(1, 0)), 63);
}

}  // namespace
}  // namespace lnsim::arith
