#include "models/arith/softfloat_round.h"

namespace lnsim::arith {

F32 f32_add(F32 a, F32 b) {
  if (f32_is_nan(a) || f32_is_nan(b)) return {kF32Nan};
  if (f32_is_infinite(a) || f32_is_infinite(b)) {
    const bool opposite = f32_is_infinite(a) && f32_is_infinite(b) && a != b;
    if (opposite) return {kF32Nan};
    return f32_is_infinite(a) ? a : b;
  }
  const Normalised sum = add_exact(f32_value(a), f32_value(b));
  return sum.is_zero() ? f32_zero_sum(f32_is_negative(a), f32_is_negative(b)) : f32_round(sum);
}

F32 f32_subtract(F32 a, F32 b) {
  return f32_add(a, f32_negate(b));
}

}  // namespace lnsim::arith
