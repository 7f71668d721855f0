// Logarithmic to linear: 2^(r / gamma) for a remainder r of a product's exponent.
//
// Exact table, one constant per remainder, or hybrid (patent claims 9, 10): r = (r_M, r_L),
//   2^(r / gamma) ~ LUT[r_M] * (1 + r_L / gamma),   LUT[r_M] = round(2^(r_M / entries) * 2^constant_bits)
// with Mitchell's approximation 2^x ~ 1 + x on the low bits: 1 entry is pure Mitchell, gamma entries are
// exact but for the rounding of the constants. Mitchell is biased upward.
//
// The adder trees work on r_M's bins and sum the factors gamma + r_L (1 when there is no r_L), shifted; each
// bin's sum is then multiplied by its constant.
#pragma once

#include <cstdint>
#include <vector>

namespace lnsim::arith {

class LogToLinear {
 public:
  // gamma, table_entries: powers of two up to 2048; constant_bits 1..24. A table with more entries than there
  // are remainders is read in steps: exact. Throws std::invalid_argument.
  LogToLinear(unsigned gamma, unsigned table_entries, unsigned constant_bits);

  unsigned gamma() const { return 1u << log2_gamma_; }
  // Adder trees and constants: min(table_entries, gamma).
  unsigned bins() const { return static_cast<unsigned>(constants_.size()); }
  unsigned constant_bits() const { return constant_bits_; }
  // Fraction bits of the factors: 0 for an exact table, else log2(gamma).
  unsigned factor_bits() const { return bins() == gamma() ? 0 : log2_gamma_; }

  unsigned bin(unsigned remainder) const { return remainder >> low_bits_; }
  // What a product with this remainder adds to its bin, before the shift by the quotient.
  std::uint32_t factor(unsigned remainder) const {
    return factor_bits() == 0 ? 1 : gamma() + (remainder & ((1u << low_bits_) - 1));
  }
  // round(2^(bin / bins) * 2^constant_bits).
  std::uint32_t constant(unsigned bin) const { return constants_[bin]; }

  // 2^(remainder / gamma) as it is computed, in units of 2^-(constant_bits + factor_bits).
  std::uint64_t linear(unsigned remainder) const {
    return std::uint64_t{constant(bin(remainder))} * factor(remainder);
  }

  // Largest |linear / 2^(r / gamma) - 1|: Mitchell's error where it is largest among the remainders, times
  // half a unit of a constant: (1 + m) (1 + 2^-(constant_bits + 1)) - 1.
  double relative_error_bound() const;

 private:
  unsigned log2_gamma_;
  unsigned low_bits_;  // of r_L
  unsigned constant_bits_;
  std::vector<std::uint32_t> constants_;
};

}  // namespace lnsim::arith
