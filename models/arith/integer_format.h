// Scaled integers: B-bit two's complement, symmetric (the most negative code is never used), value = code *
// 2^(k / 256).
//
// Code, right-aligned in B bits. scale_grid is 256: any real scale factor is met within 2^(1/512) - 1 = 0.14
// %. scale_for takes the smallest k at which the group's maximum does not exceed the top code 2^(B-1) - 1.
//
// quantise: round half to even of x * 2^(-k / 256), where the fractional power of two is a 64-bit constant,
// correctly rounded (relative error below 2^-64): the only point where it can differ from the exact real
// quotient is a quotient that close to a midpoint. Beyond the top code it saturates and counts; non-zero
// values that round to zero count as flushed.
#pragma once

#include <cstdint>
#include <memory>

#include "models/arith/number_format.h"

namespace lnsim::arith {

inline constexpr int kIntegerScaleGrid = 256;

// round(2^(j / 256) * 2^63) for 0 <= j < 256: what a rescaling multiplier holds.
std::uint64_t exp2_constant(unsigned j);

// The integer that a code of `bits` bits stands for.
constexpr std::int32_t integer_value(Code code, unsigned bits) {
  const Code sign = Code{1} << (bits - 1);
  return static_cast<std::int32_t>((code ^ sign) - sign);
}

// value * 2^(k / 256), rounded to double half to even; the power of two is known to 115 bits.
double scaled_integer(std::int64_t value, std::int64_t k);

// Throws std::invalid_argument for another kind or a width outside 2..16.
std::unique_ptr<const NumberFormat> make_integer(const FormatParameters& parameters);

}  // namespace lnsim::arith
