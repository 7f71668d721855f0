#include <algorithm>
#include <bit>

#include "models/arith/float_beat.h"
#include "models/arith/minifloat.h"
#include "models/arith/softfloat_f32.h"
#include "models/arith/softfloat_round.h"

namespace lnsim::arith {
namespace {

constexpr MinifloatLayout kSingle{8, 23, false};
constexpr int kNoProduct = -(1 << 20);

struct Products {
  int highest = kNoProduct;  // exponent of the largest one's leading one
  unsigned flags = 0;        // of all operands
};

Products count_and_measure(const FloatOperand* a, std::span<const FloatOperand> b, DotCounts& counts) {
  Products seen;
  std::uint32_t products = 0, zeros = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    const unsigned flags = a[i].flags | b[i].flags;
    const bool real = (flags & kFloatPadding) == 0;
    products += real ? 1 : 0;
    zeros += real && (flags & kFloatZero) != 0 ? 1 : 0;
    seen.flags |= real ? flags : 0;
    const std::uint64_t product = std::uint64_t{a[i].significand} * b[i].significand;
    const int top = a[i].exponent + b[i].exponent + static_cast<int>(std::bit_width(product)) - 1;
    seen.highest = std::max(seen.highest, product != 0 ? top : kNoProduct);
  }
  counts.products += products;
  counts.zero_products += zeros;
  return seen;
}

// Products in units of 2^lsb. None reaches 2^48, and 1024 of them fit.
struct AlignedSum {
  int lsb;
  std::int64_t sum = 0;
  std::uint64_t dropped = 0;  // not 0: bits were
  std::uint32_t lost = 0;     // non-zero products of which nothing is left

  void add(bool negative, std::uint64_t magnitude, int exponent) {
    const int down = lsb - exponent;
    const int right = std::clamp(down, 0, 63), left = std::clamp(-down, 0, 63);
    const std::uint64_t term = magnitude >> right << left;
    dropped |= magnitude ^ (magnitude >> right << right);
    lost += magnitude != 0 && term == 0 ? 1 : 0;
    const auto sign = static_cast<std::int64_t>(negative ? -1 : 0);
    sum += (static_cast<std::int64_t>(term) ^ sign) - sign;
  }
  Normalised normalised() const {
    const bool negative = sum < 0;
    return normalise(negative, static_cast<std::uint64_t>(negative ? -sum : sum), lsb);
  }
};

}  // namespace

void beat_aligned(const FloatOperand* a, std::span<const FloatOperand> b,
                  std::span<std::uint32_t> accumulators, unsigned alignment_bits, DotCounts& counts) {
  for (std::uint32_t& accumulator : accumulators) {
    const Products products = count_and_measure(a, b, counts);
    const FloatOperand* row = a;
    a += b.size();
    if ((products.flags & (kFloatInfinity | kFloatNan)) != 0 || !f32_is_finite({accumulator})) [[unlikely]] {
      accumulator = add_specials(accumulator, row, b);
      continue;
    }
    AlignedSum aligned{products.highest - static_cast<int>(alignment_bits) + 1};
    for (std::size_t i = 0; i < b.size(); ++i)
      aligned.add(((row[i].flags ^ b[i].flags) & kFloatNegative) != 0,
                  std::uint64_t{row[i].significand} * b[i].significand, row[i].exponent + b[i].exponent);
    const Normalised sum = add_exact(aligned.normalised(), kSingle.value(accumulator));
    const MinifloatLayout::Rounded rounded = kSingle.round(sum);
    const bool overflow = rounded.magnitude >= kF32Infinity;
    counts.truncated_sums += (rounded.inexact || aligned.dropped != 0) && !overflow ? 1 : 0;
    counts.lost_products += aligned.lost;
    counts.saturations += overflow ? 1 : 0;
    accumulator =
        sum.is_zero() ? 0 : f32_signed(sum.negative, std::min(rounded.magnitude, kF32Infinity)).bits;
  }
}

}  // namespace lnsim::arith
