#include <algorithm>
#include <array>
#include <bit>

#include "models/arith/float_beat.h"
#include "models/arith/minifloat.h"
#include "models/arith/softfloat_f32.h"
#include "models/arith/uint128.h"
#include "models/arith/wide_sum.h"

namespace lnsim::arith {
namespace {

constexpr MinifloatLayout kSingle{8, 23, false};

// Bits of the terms of one sum: lowest bit 2^low, all below 2^high.
struct Range {
  int low = 1 << 20;
  int high = -(1 << 20);
  unsigned flags = 0;  // of all operands
  void include(bool nonzero, int exponent, int bits) {
    low = nonzero && exponent < low ? exponent : low;
    high = nonzero && exponent + bits > high ? exponent + bits : high;
  }
};

// Two FP32 factors span 2^-298 to 2^256; their offsets of up to 2^12 octaves each lower some further.
constexpr std::size_t kWideWords = wide_sum_words(298 + 256 + 2 * 4096, 32);

struct Lane {
  const FloatOperand* a;
  std::span<const FloatOperand> b;
  std::uint32_t accumulator;
};

Range count_and_measure(const Lane& lane, DotCounts& counts) {
  Range range;
  for (std::size_t i = 0; i < lane.b.size(); ++i) {
    const FloatOperand x = lane.a[i], y = lane.b[i];
    const unsigned flags = x.flags | y.flags;
    const bool real = (flags & kFloatPadding) == 0;
    counts.products += real ? 1 : 0;
    counts.zero_products += real && (flags & kFloatZero) != 0 ? 1 : 0;
    range.flags |= real ? flags : 0;
    const bool nonzero = x.significand != 0 && y.significand != 0;
    range.include(nonzero, x.exponent + y.exponent, 48);
  }
  const Normalised start = kSingle.value(lane.accumulator & ~kF32Sign);
  range.include(!start.is_zero(), start.exponent - 23, 24);
  return range;
}

// The terms of the sum, the accumulator last: add(negative, magnitude, shift) with the term magnitude <<
// shift.
template <class Add>
void for_each_term(const Lane& lane, int low, Add add) {
  for (std::size_t i = 0; i < lane.b.size(); ++i) {
    const FloatOperand x = lane.a[i], y = lane.b[i];
    const std::uint64_t product = std::uint64_t{x.significand} * y.significand;
    const int shift = x.exponent + y.exponent - low;
    add(((x.flags ^ y.flags) & kFloatNegative) != 0, product,
        static_cast<unsigned>(product == 0 ? 0 : shift));
  }
  const Normalised start = kSingle.value(lane.accumulator);
  if (start.is_zero()) return;
  add(start.negative, start.significand >> 40, static_cast<unsigned>(start.exponent - 23 - low));
}

// The exact sum in an integer type that holds it.
template <class Unsigned>
Unsigned sum_in(const Lane& lane, int low) {
  Unsigned sum = 0;
  for_each_term(lane, low, [&](bool negative, std::uint64_t magnitude, unsigned shift) {
    const Unsigned term = static_cast<Unsigned>(magnitude) << shift;
    sum += negative ? Unsigned{0} - term : term;
  });
  return sum;
}

Normalised exact_sum(const Lane& lane, const Range& range) {
  if (range.high < range.low) return {};
  const int bits = range.high - range.low + static_cast<int>(std::bit_width(lane.b.size() + 1)) + 1;
  if (bits <= 64) {
    const auto sum = sum_in<std::uint64_t>(lane, range.low);
    return wide_normalise(std::span(&sum, 1), range.low);
  }
  if (bits <= 128) {
    const auto sum = sum_in<Uint128>(lane, range.low);
    const std::array<std::uint64_t, 2> words{low64(sum), high64(sum)};
    return wide_normalise(words, range.low);
  }
  std::array<std::uint64_t, kWideWords> words;
  const auto sum = std::span(words).first(static_cast<std::size_t>(bits + 63) / 64);
  std::fill(sum.begin(), sum.end(), 0);
  for_each_term(lane, range.low, [&](bool negative, std::uint64_t magnitude, unsigned shift) {
    if (magnitude != 0) wide_add(sum, negative, magnitude, shift);
  });
  return wide_normalise(sum, range.low);
}

}  // namespace

void beat_fused(const FloatOperand* a, std::span<const FloatOperand> b, std::span<std::uint32_t> accumulators,
                DotCounts& counts) {
  for (std::size_t l = 0; l < accumulators.size(); ++l) {
    const Lane lane{a + l * b.size(), b, accumulators[l]};
    const Range range = count_and_measure(lane, counts);
    if ((range.flags & (kFloatInfinity | kFloatNan)) != 0 || !f32_is_finite({lane.accumulator}))
        [[unlikely]] {
      accumulators[l] = add_specials(lane.accumulator, lane.a, lane.b);
      continue;
    }
    const Normalised sum = exact_sum(lane, range);
    const MinifloatLayout::Rounded rounded = kSingle.round(sum);
    const bool overflow = rounded.magnitude >= kF32Infinity;
    counts.truncated_sums += rounded.inexact && !overflow ? 1 : 0;
    counts.saturations += overflow ? 1 : 0;
    accumulators[l] =
        std::min<std::uint32_t>(rounded.magnitude, kF32Infinity) | (sum.negative ? kF32Sign : 0);
  }
}

}  // namespace lnsim::arith
