#include "models/arith/softfloat_round.h"

namespace lnsim::arith {

F32 f32_divide(F32 a, F32 b) {
  const bool negative = f32_is_negative(a) != f32_is_negative(b);
  if (f32_is_nan(a) || f32_is_nan(b)) return {kF32Nan};
  if (f32_is_infinite(a)) return f32_is_infinite(b) ? F32{kF32Nan} : f32_signed(negative, kF32Infinity);
  if (f32_is_infinite(b)) return f32_signed(negative, 0);
  if (f32_is_zero(b)) return f32_is_zero(a) ? F32{kF32Nan} : f32_signed(negative, kF32Infinity);
  if (f32_is_zero(a)) return f32_signed(negative, 0);
  const Normalised x = f32_value(a), y = f32_value(b);
  // 64-bit dividend over a 24-bit divisor: a quotient of 40 or 41 bits, and a remainder that only matters as
  // not zero.
  const std::uint64_t divisor = y.significand >> 40;
  Normalised quotient = normalise(negative, x.significand / divisor, x.exponent - y.exponent - 40);
  quotient.sticky = x.significand % divisor != 0;
  return f32_round(quotient);
}

}  // namespace lnsim::arith
