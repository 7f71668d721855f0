// Base-2 logarithm of a single-precision number as a weight-update lane computes it: by multiplicative
// normalisation, the textbook shift-and-add algorithm.
//
// A significand s in [1, 2) is multiplied by 1 + 2^-k, k = 1, 2, ... 14, wherever it stays below 2, and
// log2(1 + 2^-k) is added up; what is missing to 2, below 2^-13, goes through the linear term of the
// logarithm. The constants are tables; products with 1 + 2^-k are shifts.
#pragma once

#include <array>
#include <cstdint>

#include "models/arith/softfloat_f32.h"

namespace lnsim::arith {

// Single-precision numbers beside each other differ by 5.77 units of 2^-26 or more in their logarithms:
// they keep their order.
inline constexpr int kF32Log2FractionBits = 26;

// log2 |x| in units of 2^-26, less than one unit off; a power of two's is exact. x is finite and not zero.
//
// In units of 2^-32, of which 32 decide a rounding: cutting the significand loses at most 11 x 1.44 (the
// first three products are exact, 1 / ln 2 of a relative unit each); rounded constants 14 / 2; the linear
// term, cut, 1; the quadratic term that is left out 2^32 2^-28 / (2 ln 2) = 11.6, to the other side.
std::int64_t f32_log2(F32 x);

// A logarithm of log2_fixed, or a difference or multiple of some, rounded to these units.
std::int64_t round_log2(std::int64_t log2_fixed);

inline constexpr int kF32Log2Steps = 14;
inline constexpr int kF32Log2InnerBits = 32;

// log2(1 + 2^-k) in units of 2^-32, rounded, for k = 1 in front.
const std::array<std::uint64_t, kF32Log2Steps>& f32_log2_constants();

// 1 / ln 2 in units of 2^-20, rounded.
inline constexpr std::uint64_t kLog2E = 1'512'775;

}  // namespace lnsim::arith
