// Powers of two with fractional exponents, by an integer algorithm of our own: no rounding decision of the
// simulator depends on a mathematical library.
//
// Twelve repeated square roots give 2^(1/2), 2^(1/4), ... 2^(1/4096) in 128 bits; every other power is a
// product of at most twelve of them. Relative error below 2^-115, always downward.
#pragma once

#include <cstdint>

#include "models/arith/uint128.h"

namespace lnsim::arith {

// The finest grid needed: midpoints between the codes of gamma = 2048.
inline constexpr unsigned kPowerGridBits = 12;
inline constexpr unsigned kPowerGrid = 1u << kPowerGridBits;

// 2^(j / 4096) in Q1.127, for 0 <= j < 4096.
Uint128 exp2_fraction(unsigned j);

// ceil(2^(j / 4096) * 2^63), for 0 <= j < 4096.
std::uint64_t exp2_ceiling(unsigned j);

// round(2^(j / 4096) * 2^fraction_bits) for 0 <= j < 4096, fraction_bits <= 62.
std::uint64_t exp2_rounded(unsigned j, unsigned fraction_bits);

}  // namespace lnsim::arith
