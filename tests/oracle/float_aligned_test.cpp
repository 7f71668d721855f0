// Aligned sums against exact integers of unbounded width: products cut as the header says, and one rounding.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "models/arith/float_datapath.h"
#include "models/arith/minifloat.h"
#include "tests/oracle/exact_float.h"
#include "tests/unit/arith/lane_harness.h"

namespace lnsim::arith {
namespace {

// Towards zero, to a multiple of 2^lsb.
cpp_int cut(const cpp_int& term, int lsb) {
  if (lsb <= 0) return term;
  const cpp_int kept = (abs(term) >> lsb) << lsb;
  return term < 0 ? cpp_int(-kept) : kept;
}

struct Expected {
  cpp_int cut_sum = 0, exact_sum = 0;
  cpp_int bound = 0;  // of the cut sum's error
  unsigned lost = 0;
  bool dropped = false;
};

Expected expected_sum(const std::vector<cpp_int>& products, int alignment_bits) {
  Expected result;
  cpp_int largest = 0;
  for (const cpp_int& product : products) largest = std::max(largest, cpp_int(abs(product)));
  const int lsb = largest == 0 ? 0 : static_cast<int>(msb(largest)) - alignment_bits + 1;
  for (const cpp_int& product : products) {
    const cpp_int kept = cut(product, lsb);
    result.lost += product != 0 && kept == 0 ? 1 : 0;
    result.dropped |= kept != product;
    result.cut_sum += kept;
    result.exact_sum += product;
  }
  result.bound = lsb <= 0 ? cpp_int(0) : cpp_int(products.size()) << lsb;
  return result;
}

void check_family(const Family& family, unsigned alignment_bits, std::mt19937_64& random) {
  const auto format = make_minifloat({.kind = family.format});
  DatapathParameters parameters;
  parameters.kind = family.datapath;
  parameters.float_accumulation = FloatAccumulation::aligned;
  parameters.alignment_bits = alignment_bits;
  const auto datapath = make_float_datapath(parameters, *format, *format);
  for (int round = 0; round < 40; ++round) {
    LaneHarness harness(*datapath, 1);
    cpp_int accumulator = 0;
    DotCounts counts;
    for (int beat = 0; beat < 4; ++beat) {
      std::vector<Code> a(32), b(32);
      for (Code& code : a) code = draw(*format, family.spread, random);
      for (Code& code : b) code = draw(*format, family.spread, random);
      // The accumulator lies beside, above or far above the products of the next beat, or below them.
      const int offset = -static_cast<int>(random() % 4) * 20;
      harness.beat(a, b, 0, offset, 0);
      std::vector<cpp_int> products;
      for (std::size_t i = 0; i < a.size(); ++i)
        products.push_back(exact_product(format->value(a[i], {}), format->value(b[i], {}), offset));
      const Expected expected = expected_sum(products, static_cast<int>(alignment_bits));
      const cpp_int sum = accumulator + expected.cut_sum;
      const float rounded = nearest_float(sum);
      ASSERT_EQ(harness.value(), static_cast<double>(rounded)) << format->name() << " " << alignment_bits;
      counts.lost_products += expected.lost;
      counts.saturations += std::isinf(rounded) ? 1 : 0;
      if (std::isinf(rounded)) break;
      accumulator = exact(static_cast<double>(rounded));
      counts.truncated_sums += expected.dropped || accumulator != sum ? 1 : 0;
      ASSERT_LE(abs(expected.cut_sum - expected.exact_sum), expected.bound);
    }
    ASSERT_EQ(harness.counts.lost_products, counts.lost_products);
    ASSERT_EQ(harness.counts.truncated_sums, counts.truncated_sums);
    ASSERT_EQ(harness.counts.saturations, counts.saturations);
  }
}

TEST(FloatAligned, every_beat_adds_the_sum_of_cut_products_with_one_rounding) {
  std::mt19937_64 random(21);
  for (const Family& family : kFamilies)
    for (const unsigned bits : {8u, 14u, 27u, 48u}) check_family(family, bits, random);
}

TEST(FloatAligned, bits_enough_for_every_product_lose_nothing) {
  // Products of E4M3 are multiples of 2^-18 below 2^18; 64000 of them stay below 2^34.
  const auto format = make_minifloat({.kind = FormatKind::fp8_e4m3});
  DatapathParameters parameters;
  parameters.kind = DatapathKind::fp8_e4m3;
  parameters.float_accumulation = FloatAccumulation::aligned;
  parameters.alignment_bits = 48;
  const auto aligned = make_float_datapath(parameters, *format, *format);
  parameters.float_accumulation = FloatAccumulation::fused;
  const auto fused = make_float_datapath(parameters, *format, *format);
  std::mt19937_64 random(22);
  LaneHarness one(*aligned, 1), other(*fused, 1);
  for (int beat = 0; beat < 2000; ++beat) {
    std::vector<Code> a(32), b(32);
    for (Code& code : a) code = draw(*format, 9, random);
    for (Code& code : b) code = draw(*format, 9, random);
    one.beat(a, b);
    other.beat(a, b);
    ASSERT_EQ(one.value(), other.value());
  }
  EXPECT_EQ(one.counts, other.counts);
}

}  // namespace
}  // namespace lnsim::arith
