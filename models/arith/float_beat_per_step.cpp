#include <algorithm>
#include <bit>

#include "models/arith/float_beat.h"
#include "models/arith/softfloat_f32.h"

namespace lnsim::arith {
namespace {

struct Sum {
  std::uint32_t bits;
  bool inexact;
};

// x >> distance, with a lost bit standing in as a set bit 0.
std::uint64_t shift_right_jam(std::uint64_t x, int distance) {
  const int shift = std::clamp(distance, 0, 63);
  const std::uint64_t shifted = x >> shift;
  return shifted | (shifted << shift != x ? 1 : 0);
}

// Rounds |sum| * 2^(frame - 60), a finite exact value with a jammed bit 0, to single precision.
Sum round_sum(bool negative, std::uint64_t sum, int frame) {
  // One spare bit below, so that every rounding drops at least one.
  std::uint64_t shifted = sum << 1;
  int lsb = frame - 61;
  int dropped = std::max(40 - std::countl_zero(shifted), -149 - lsb);
  if (dropped < 1) [[unlikely]] {  // after deep cancellation; nothing was jammed, all bits are kept
    shifted <<= 1 - dropped;
    lsb -= 1 - dropped;
    dropped = 1;
  }
  const std::uint64_t half = std::uint64_t{1} << (dropped - 1);
  const std::uint64_t odd = shifted >> dropped & 1;
  const std::uint64_t kept = (shifted + half - 1 + odd) >> dropped;
  // The leading one adds 1 to the exponent field, as does a carry out of the fraction.
  const auto field = static_cast<std::uint32_t>(lsb + dropped + 149);
  const std::uint64_t magnitude = std::min<std::uint64_t>((std::uint64_t{field} << 23) + kept, kF32Infinity);
  const bool inexact = (shifted & (2 * half - 1)) != 0;
  return {static_cast<std::uint32_t>(magnitude) | (negative ? kF32Sign : 0), inexact};
}

// accumulator + product * 2^exponent, product below 2^48, both finite and not both zero.
Sum add_product(std::uint32_t accumulator, bool negative, std::uint64_t product, int exponent) {
  const std::uint32_t field = accumulator >> 23 & 0xff;
  const std::uint64_t significand = (accumulator & 0x7fffffu) | (field != 0 ? 0x800000u : 0);
  // Leading ones at bit 60, whose weight is 2^frame; a subnormal accumulator keeps its zeros above. Either
  // term is shifted past bit 0 only when at most one bit can cancel: the accumulator has 37 zeros below, the
  // product 13.
  const int zeros = std::countl_zero(product);
  const int accumulator_frame = static_cast<int>(std::max<std::uint32_t>(field, 1)) - 127;
  const int product_frame = exponent + 63 - zeros;
  const int distance = accumulator_frame - product_frame;
  const auto term_a = static_cast<std::int64_t>(shift_right_jam(significand << 37, -distance));
  const auto term_p = static_cast<std::int64_t>(shift_right_jam(product << (zeros - 3), distance));
  const std::int64_t sum = (accumulator >> 31 != 0 ? -term_a : term_a) + (negative ? -term_p : term_p);
  if (sum == 0) [[unlikely]]
    return {accumulator >> 31 != 0 && negative && significand == 0 && product == 0 ? kF32Sign : 0, false};
  const auto magnitude = static_cast<std::uint64_t>(sum < 0 ? -sum : sum);
  return round_sum(sum < 0, magnitude, std::max(accumulator_frame, product_frame));
}

}  // namespace

void beat_per_step(const FloatOperand* a, std::span<const FloatOperand> b,
                   std::span<std::uint32_t> accumulators, DotCounts& counts) {
  DotCounts local;
  // Lanes inside: their chains are independent and overlap in the host's pipeline.
  for (std::size_t i = 0; i < b.size(); ++i) {
    const FloatOperand y = b[i];
    if ((y.flags & kFloatPadding) != 0) continue;
    for (std::size_t lane = 0; lane < accumulators.size(); ++lane) {
      const FloatOperand x = a[lane * b.size() + i];
      const unsigned flags = x.flags | y.flags;
      if ((flags & kFloatPadding) != 0) continue;
      ++local.products;
      local.zero_products += (flags & kFloatZero) != 0 ? 1 : 0;
      std::uint32_t& accumulator = accumulators[lane];
      if ((flags & (kFloatInfinity | kFloatNan)) != 0 || (accumulator & kF32Infinity) == kF32Infinity)
          [[unlikely]] {
        accumulator = add_special(accumulator, x, y);
        continue;
      }
      const bool negative = ((x.flags ^ y.flags) & kFloatNegative) != 0;
      const std::uint64_t product = std::uint64_t{x.significand} * y.significand;
      const Sum sum = add_product(accumulator, negative, product, x.exponent + y.exponent);
      const bool overflow = (sum.bits & kF32Infinity) == kF32Infinity;
      local.truncated_sums += sum.inexact && !overflow ? 1 : 0;
      local.lost_products += product != 0 && sum.bits == accumulator ? 1 : 0;
      local.saturations += overflow ? 1 : 0;
      accumulator = sum.bits;
    }
  }
  counts += local;
}

}  // namespace lnsim::arith
