#include "models/arith/softfloat_round.h"

namespace lnsim::arith {

F32 f32_fma(F32 a, F32 b, F32 c) {
  const bool negative = f32_is_negative(a) != f32_is_negative(b);
  if (f32_is_nan(a) || f32_is_nan(b) || f32_is_nan(c)) return {kF32Nan};
  if (f32_is_infinite(a) || f32_is_infinite(b)) {
    if (f32_is_zero(a) || f32_is_zero(b)) return {kF32Nan};
    return f32_add(f32_signed(negative, kF32Infinity), c);
  }
  if (f32_is_infinite(c)) return c;
  if (f32_is_zero(a) || f32_is_zero(b)) return f32_add(f32_signed(negative, 0), c);
  const Normalised x = f32_value(a), y = f32_value(b);
  // 24-bit significands, leading one at bit 23.
  const Normalised product =
      normalise(negative, (x.significand >> 40) * (y.significand >> 40), x.exponent + y.exponent - 46);
  const Normalised sum = add_exact(product, f32_value(c));
  return sum.is_zero() ? f32_zero_sum(negative, f32_is_negative(c)) : f32_round(sum);
}

}  // namespace lnsim::arith
