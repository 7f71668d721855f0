// What the single-precision operations share.
#pragma once

#include "models/arith/softfloat_f32.h"
#include "models/arith/wide_sum.h"

namespace lnsim::arith {

// a + b of exact operands (no sticky bit) that are not both zero. A sum of zero is +0.
Normalised add_exact(const Normalised& a, const Normalised& b);

// The sign of an exact zero sum: negative only when both terms are.
constexpr F32 f32_zero_sum(bool a_negative, bool b_negative) {
  return {a_negative && b_negative ? kF32Sign : 0};
}

constexpr F32 f32_signed(bool negative, std::uint32_t magnitude) {
  return {magnitude | (negative ? kF32Sign : 0)};
}

}  // namespace lnsim::arith
