// Fixed-point sums as wide as they need to be: two's complement integers over 64-bit words, least significant
// word first.
//
// The caller owns the words (an accumulator in a byte array, or a local array) and the meaning of bit 0.
// Widths are chosen so that no sum can overflow: nothing here checks.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace lnsim::arith {

// A real number in sign-and-magnitude form, cut to 64 bits:
//   (-1)^negative * (significand / 2^63 + below) * 2^exponent,   0 <= below < 2^-63, below != 0 iff sticky.
// The significand's leading one is bit 63; it is 0 for zero, whose exponent means nothing. That is enough to
// round once, correctly, to any precision of up to 62 bits.
struct Normalised {
  bool negative = false;
  bool sticky = false;
  int exponent = 0;
  std::uint64_t significand = 0;

  bool is_zero() const { return significand == 0; }
};

// magnitude * 2^exponent, exactly.
inline Normalised normalise(bool negative, std::uint64_t magnitude, int exponent) {
  if (magnitude == 0) return {};
  const int zeros = std::countl_zero(magnitude);
  return {negative, false, exponent + 63 - zeros, magnitude << zeros};
}

// Words that hold `terms` addends of magnitude below 2^top_bit, with sign.
constexpr std::size_t wide_sum_words(unsigned top_bit, unsigned log2_terms) {
  return (top_bit + log2_terms + 1 + 63) / 64;
}

// sum += (-1)^negative * (magnitude << shift). The shifted magnitude must fit.
inline void wide_add(std::span<std::uint64_t> sum, bool negative, std::uint64_t magnitude, unsigned shift) {
  std::size_t word = shift / 64;
  const unsigned bits = shift % 64;
  const std::uint64_t low = magnitude << bits;
  const std::uint64_t high = bits == 0 ? 0 : magnitude >> (64 - bits);
  std::uint64_t carry;
  if (!negative) {
    carry = (sum[word] += low) < low ? 1 : 0;
    if (++word == sum.size()) return;
    const std::uint64_t addend = high + carry;  // high < 2^63: no overflow
    carry = (sum[word] += addend) < addend ? 1 : 0;
    while (carry != 0 && ++word < sum.size()) carry = ++sum[word] == 0 ? 1 : 0;
  } else {
    carry = sum[word] < low ? 1 : 0;
    sum[word] -= low;
    if (++word == sum.size()) return;
    const std::uint64_t addend = high + carry;
    carry = sum[word] < addend ? 1 : 0;
    sum[word] -= addend;
    while (carry != 0 && ++word < sum.size()) carry = sum[word]-- == 0 ? 1 : 0;
  }
}

// sum += other; both of the same width.
void wide_add(std::span<std::uint64_t> sum, std::span<const std::uint64_t> other);

// sum = -sum.
void wide_negate(std::span<std::uint64_t> sum);

bool wide_is_zero(std::span<const std::uint64_t> sum);

// -1, 0 or 1.
int wide_sign(std::span<const std::uint64_t> sum);

// Bit position of the leading one of |sum|, or -1 for zero.
int wide_top_bit(std::span<const std::uint64_t> sum);

// Sign of a - b; both of the same width.
int wide_compare(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b);

// sum * 2^exponent_of_bit_0, cut to 64 bits with a sticky bit.
Normalised wide_normalise(std::span<const std::uint64_t> sum, int exponent_of_bit_0);

// sum * 2^exponent_of_bit_0, rounded half to even to double; beyond its range infinity.
double wide_to_double(std::span<const std::uint64_t> sum, int exponent_of_bit_0);

// The exact value of a finite double.
Normalised from_double(double x);

// Rounded half to even to double; beyond its range infinity.
double to_double(const Normalised& x);

}  // namespace lnsim::arith
