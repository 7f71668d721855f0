#include "models/arith/softfloat_round.h"

namespace lnsim::arith {

F32 f32_sqrt(F32 a) {
  if (f32_is_nan(a) || f32_is_zero(a)) return f32_is_nan(a) ? F32{kF32Nan} : a;
  if (f32_is_negative(a)) return {kF32Nan};
  if (f32_is_infinite(a)) return a;
  const Normalised x = f32_value(a);
  // radicand * 2^(2 half) with radicand in [2^62, 2^64): its root has 32 bits.
  const bool odd = (x.exponent & 1) != 0;
  const int half = (x.exponent - (odd ? 1 : 0)) / 2;
  const std::uint64_t radicand = odd ? x.significand : x.significand >> 1;
  std::uint64_t root = 0;
  for (int bit = 31; bit >= 0; --bit) {
    const std::uint64_t trial = root | (std::uint64_t{1} << bit);
    if (trial * trial <= radicand) root = trial;
  }
  Normalised result = normalise(false, root, half - 31);
  result.sticky = root * root != radicand;
  return f32_round(result);
}

}  // namespace lnsim::arith
