#include "models/update/decay.h"

#include <stdexcept>

#include "models/arith/uint128.h"

namespace lnsim {

using arith::Uint128;

arith::Normalised one_minus_power(double beta, std::int64_t step) {
  if (!(beta >= 0 && beta < 1) || step < 1)
    throw std::invalid_argument("decay: needs 0 <= beta < 1 and step >= 1");
  const arith::Normalised exact = arith::from_double(beta);
  if (exact.is_zero() || exact.exponent < -128) return arith::normalise(false, 1, 0);
  // beta as Q0.128: from 2^-64 on nothing is cut.
  Uint128 base = Uint128{exact.significand} << 64 >> (-1 - exact.exponent);
  Uint128 power = 0;  // beta^(the bits of step seen so far), 0 standing for none yet
  bool started = false;
  for (auto bits = static_cast<std::uint64_t>(step); bits != 0; bits >>= 1) {
    if ((bits & 1) != 0) {
      power = started ? arith::multiply_high(power, base) : base;
      started = true;
    }
    base = arith::multiply_high(base, base);
  }
  if (power == 0) return arith::normalise(false, 1, 0);
  const Uint128 rest = 0 - power;  // 2^128 - power
  const int zeros = arith::countl_zero(rest);
  const Uint128 top = rest << zeros;
  return {false, arith::low64(top) != 0, -1 - zeros, arith::high64(top)};
}

}  // namespace lnsim
