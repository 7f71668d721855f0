#include "models/arith/lns_powers.h"

#include <array>

namespace lnsim::arith {
namespace {

constexpr Uint128 kOne = Uint128{1} << 127;

// sqrt(x) in Q1.127 for x in [1, 2], short by at most two units: one bit after the other.
Uint128 square_root(Uint128 x) {
  Uint128 root = 0;
  for (int bit = 127; bit >= 0; --bit) {
    const Uint128 trial = root | (Uint128{1} << bit);
    // Q1.127 squared is Q2.254, of which the upper half is Q2.126.
    if (multiply_high(trial, trial) < x >> 1) root = trial;
  }
  return root;
}

using Powers = std::array<Uint128, kPowerGrid>;

Powers make_powers() {
  std::array<Uint128, kPowerGridBits> roots;  // 2^(1/2), 2^(1/4), ...
  Uint128 root = ~Uint128{0};                 // 2, short of one unit
  for (Uint128& r : roots) r = root = square_root(root);
  Powers powers;
  powers[0] = kOne;
  // Each power is the one without its lowest set bit times that bit's root.
  for (unsigned j = 1; j < kPowerGrid; ++j) {
    const unsigned rest = j & (j - 1);
    const auto lowest = static_cast<unsigned>(std::countr_zero(j));
    const Uint128 factor = roots[kPowerGridBits - 1 - lowest];
    powers[j] = rest == 0 ? factor : multiply_high(powers[rest], factor) << 1;
  }
  return powers;
}

}  // namespace

Uint128 exp2_fraction(unsigned j) {
  static const Powers powers = make_powers();
  return powers[j];
}

std::uint64_t exp2_ceiling(unsigned j) {
  return j == 0 ? high64(kOne) : high64(exp2_fraction(j)) + 1;  // irrational: never a whole number
}

std::uint64_t exp2_rounded(unsigned j, unsigned fraction_bits) {
  const Uint128 half_up = exp2_fraction(j) >> (126 - fraction_bits);
  return low64((half_up + 1) >> 1);
}

}  // namespace lnsim::arith
