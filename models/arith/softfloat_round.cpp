#include "models/arith/softfloat_round.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "models/arith/minifloat.h"
#include "models/arith/uint128.h"

namespace lnsim::arith {
namespace {
constexpr MinifloatLayout kSingle{8, 23, false};
}

Normalised add_exact(const Normalised& a, const Normalised& b) {
  if (a.is_zero()) return b;
  if (b.is_zero()) return a;
  const bool swap = a.exponent < b.exponent;
  const Normalised& large = swap ? b : a;
  const Normalised& small = swap ? a : b;
  // Leading ones at bit 126. A shift past bit 0 is by 64 or more: the sum then cancels one bit at most, and
  // what was lost stands in as a set bit 0.
  const int down = std::min(large.exponent - small.exponent, 127);
  const Uint128 high = Uint128{large.significand} << 63;
  const Uint128 unshifted = Uint128{small.significand} << 63;
  Uint128 low = unshifted >> down;
  if (low << down != unshifted) low |= 1;
  Normalised result;
  Uint128 sum;
  if (large.negative == small.negative) {
    sum = high + low;
    result.negative = large.negative;
  } else {
    sum = high >= low ? high - low : low - high;
    result.negative = high >= low ? large.negative : small.negative;
  }
  if (sum == 0) return {};
  const int zeros = countl_zero(sum);
  sum <<= zeros;
  result.exponent = large.exponent + 1 - zeros;
  result.significand = high64(sum);
  result.sticky = low64(sum) != 0;
  return result;
}

F32 f32_round(const Normalised& x) {
  return f32_signed(x.negative, std::min<std::uint32_t>(kSingle.round(x).magnitude, kF32Infinity));
}

Normalised f32_value(F32 x) {
  return kSingle.value(x.bits);
}

F32 f32_from_double(double x) {
  if (std::isnan(x)) return {kF32Nan};
  if (std::isinf(x)) return f32_signed(std::signbit(x), kF32Infinity);
  return f32_signed(std::signbit(x), f32_round(from_double(x)).bits & ~kF32Sign);
}

double f32_to_double(F32 x) {
  if (f32_is_nan(x)) return std::bit_cast<double>(std::uint64_t{0x7ff8000000000000u});
  const std::uint64_t sign = f32_is_negative(x) ? std::uint64_t{1} << 63 : 0;
  if (f32_is_infinite(x)) return std::bit_cast<double>(sign | 0x7ff0000000000000u);
  return to_double(f32_value(x));
}

}  // namespace lnsim::arith
