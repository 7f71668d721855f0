// Scale factors 2^(k / gamma) as numbers.
#pragma once

#include <cstdint>

#include "models/arith/lns_powers.h"
#include "models/arith/wide_sum.h"

namespace lnsim::arith {

// 2^(k / 2^log2_gamma), cut to 64 bits.
inline Normalised exp2_normalised(std::int64_t k, unsigned log2_gamma) {
  const auto remainder = static_cast<unsigned>(k & ((std::int64_t{1} << log2_gamma) - 1));
  const Uint128 power = exp2_fraction(remainder << (kPowerGridBits - log2_gamma));
  return {false, remainder != 0, static_cast<int>(k >> log2_gamma), high64(power)};
}

// x * 2^(k / 2^log2_gamma), cut to 64 bits; relative error below 2^-62 where the power is irrational, none
// where it is not.
inline Normalised scaled(const Normalised& x, std::int64_t k, unsigned log2_gamma) {
  const Normalised power = exp2_normalised(k, log2_gamma);
  const Uint128 product = Uint128{x.significand} * power.significand;  // Q2.126
  if (product == 0) return {};
  const int top = countl_zero(product);
  const Uint128 shifted = product << top;
  return {x.negative, x.sticky || power.sticky || low64(shifted) != 0, x.exponent + power.exponent + 1 - top,
          high64(shifted)};
}

}  // namespace lnsim::arith
