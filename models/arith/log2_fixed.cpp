#include "models/arith/log2_fixed.h"

#include "models/arith/uint128.h"

namespace lnsim::arith {

std::int64_t log2_fixed(const Normalised& x) {
  // s in [1, 2) as Q1.63. s^2 has twice the logarithm: whether it reaches 2 is the next bit. Cutting each
  // square costs a relative 2^-63, which the later halvings of the weight keep below 2^-61 in total.
  std::uint64_t s = x.significand;
  std::int64_t fraction = 0;
  for (int i = 0; i < kLog2FractionBits; ++i) {
    const std::uint64_t square = high64(Uint128{s} * s);  // Q2.62
    const bool two = square >> 63 != 0;
    fraction = 2 * fraction + (two ? 1 : 0);
    s = two ? square : square << 1;
  }
  return x.exponent * (std::int64_t{1} << kLog2FractionBits) + fraction;
}

}  // namespace lnsim::arith
