#include "models/arith/float_beat.h"
#include "models/arith/softfloat_f32.h"

namespace lnsim::arith {

std::uint32_t add_special(std::uint32_t accumulator, const FloatOperand& a, const FloatOperand& b) {
  const unsigned flags = a.flags | b.flags;
  const bool infinite = (flags & kFloatInfinity) != 0;
  if ((flags & kFloatNan) != 0 || (infinite && (flags & kFloatZero) != 0)) return kF32Nan;
  if (!infinite) return f32_is_nan({accumulator}) ? kF32Nan : accumulator;
  const bool negative = ((a.flags ^ b.flags) & kFloatNegative) != 0;
  return f32_add({accumulator}, {kF32Infinity | (negative ? kF32Sign : 0)}).bits;
}

std::uint32_t add_specials(std::uint32_t accumulator, const FloatOperand* a,
                           std::span<const FloatOperand> b) {
  if (f32_is_finite({accumulator})) accumulator = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (((a[i].flags | b[i].flags) & kFloatPadding) != 0) continue;
    accumulator = add_special(accumulator, a[i], b[i]);
  }
  return accumulator;
}

}  // namespace lnsim::arith
