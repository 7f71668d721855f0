#include "models/arith/softfloat_round.h"

namespace lnsim::arith {

F32 f32_multiply(F32 a, F32 b) {
  const bool negative = f32_is_negative(a) != f32_is_negative(b);
  if (f32_is_nan(a) || f32_is_nan(b)) return {kF32Nan};
  if (f32_is_infinite(a) || f32_is_infinite(b))
    return f32_is_zero(a) || f32_is_zero(b) ? F32{kF32Nan} : f32_signed(negative, kF32Infinity);
  if (f32_is_zero(a) || f32_is_zero(b)) return f32_signed(negative, 0);
  const Normalised x = f32_value(a), y = f32_value(b);
  // 24-bit significands, leading one at bit 23.
  return f32_round(
      normalise(negative, (x.significand >> 40) * (y.significand >> 40), x.exponent + y.exponent - 46));
}

}  // namespace lnsim::arith
