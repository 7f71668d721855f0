// The multiples of one factor that a radix-4 multiplier adds up (booth_multiply.sv), as words of bits.
//
// The second factor y, of `digit_bits` bits, is recoded into digits of -2..2; each selects 0, the first
// factor x or its double, in digits of one bit more than x, inverted where the digit is negative (the one
// that completes the two's complement is no part of it). Multiples stand side by side, as many to a 64-bit
// word as fit. Source: MacSorley, "High-speed arithmetic in binary computers", Proc. IRE 49 (1961).
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/arith/aligned_vector.h"

namespace lnsim::arith {

struct BoothShape {
  unsigned factor_bits = 8;  // of x, up to 24
  unsigned digit_bits = 8;   // of y, up to 24
  bool is_signed = false;    // both factors are in two's complement; otherwise neither has a sign

  unsigned digits() const { return is_signed ? (digit_bits + 1) / 2 : digit_bits / 2 + 1; }
  unsigned width() const { return factor_bits + 1; }
  unsigned digits_per_word() const { return 64 / width(); }
  unsigned words() const { return (digits() + digits_per_word() - 1) / digits_per_word(); }
};

// Of vectors of `size` pairs of factors in `lanes` lanes, all zero at first.
class BoothMultiples {
 public:
  BoothMultiples(const BoothShape& shape, std::size_t lanes, std::size_t size);

  void set_factor(std::size_t lane, std::size_t i, std::uint32_t x);
  void set_digits(std::size_t i, std::uint32_t y);
  // How many bits of all multiples have toggled since the call before.
  std::uint64_t toggled_bits();

 private:
  // What selects from the factor, by word and element.
  struct Selection {
    AlignedVector<std::uint64_t> once, twice, negative;
  };

  BoothShape shape_;
  std::size_t lanes_;
  std::size_t size_;
  std::uint64_t repeated_;                          // a one in the lowest bit of each field
  AlignedVector<std::uint64_t> factors_, doubles_;  // in every field of a word
  Selection selection_;
  AlignedVector<std::uint64_t> multiples_;  // by word, lane and element
};

}  // namespace lnsim::arith
