// IEEE 754 single-precision operations by integers: round half to even, subnormals kept, every NaN is
// 0x7fc00000. One operation, one file; one place of rounding (softfloat_round).
#pragma once

#include <cstdint>

#include "models/arith/wide_sum.h"

namespace lnsim::arith {

struct F32 {
  std::uint32_t bits = 0;
  bool operator==(const F32&) const = default;
};

inline constexpr std::uint32_t kF32Sign = 0x80000000u;
inline constexpr std::uint32_t kF32Infinity = 0x7f800000u;
inline constexpr std::uint32_t kF32Nan = 0x7fc00000u;

constexpr bool f32_is_nan(F32 x) {
  return (x.bits & ~kF32Sign) > kF32Infinity;
}
constexpr bool f32_is_infinite(F32 x) {
  return (x.bits & ~kF32Sign) == kF32Infinity;
}
constexpr bool f32_is_finite(F32 x) {
  return (x.bits & kF32Infinity) != kF32Infinity;
}
constexpr bool f32_is_zero(F32 x) {
  return (x.bits & ~kF32Sign) == 0;
}
constexpr bool f32_is_negative(F32 x) {
  return (x.bits & kF32Sign) != 0;
}
constexpr F32 f32_negate(F32 x) {
  return {x.bits ^ kF32Sign};
}

F32 f32_add(F32 a, F32 b);
F32 f32_subtract(F32 a, F32 b);
F32 f32_multiply(F32 a, F32 b);
// a * b + c with one rounding.
F32 f32_fma(F32 a, F32 b, F32 c);
F32 f32_divide(F32 a, F32 b);
F32 f32_sqrt(F32 a);

// Rounds; beyond the range infinity.
F32 f32_round(const Normalised& x);
// The exact value of a finite number.
Normalised f32_value(F32 x);
// A double's infinities and NaNs stay what they are.
F32 f32_from_double(double x);
double f32_to_double(F32 x);

}  // namespace lnsim::arith
