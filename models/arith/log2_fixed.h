// Base-2 logarithm in fixed point, by squaring: one bit of the logarithm per step.
#pragma once

#include <cstdint>

#include "models/arith/wide_sum.h"

namespace lnsim::arith {

inline constexpr int kLog2FractionBits = 48;

// log2 |x| in units of 2^-48, never above the exact value and less than 1.001 units below it; x is not zero.
std::int64_t log2_fixed(const Normalised& x);

}  // namespace lnsim::arith
