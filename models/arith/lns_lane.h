// What every implementation of an LNS lane shares: operands as they are packed, the geometry of the sums, and
// the accumulator's behaviour at its ends.
//
// A product of exponents p = e_a + e_b, on the larger of both gammas, is 2^(p / gamma) = 2^(r / gamma) << q
// with q = floor(p / gamma) its octave and r the remainder. q is negative for products below one (operands
// whose scale was lowered).
#pragma once

#include <cstdint>

#include "models/arith/datapath.h"
#include "models/arith/lns_layout.h"
#include "models/arith/log_to_linear.h"

namespace lnsim::arith {

// A packed operand: 4 e + sign, so that one addition of two gives the product: bit 0 its sign, the bits from
// 2 up its exponent. Zero and padding are numbers so low that no real product reaches them.
using PackedLns = std::int32_t;
inline constexpr PackedLns kPackedZero = -(1 << 28);
inline constexpr PackedLns kPackedPadding = -(1 << 30);
inline constexpr std::int32_t kPackedExponentLimit = 1 << 24;  // |e| of an operand stays below
// Sums of two packed operands from here up are products of two non-zero numbers; below, from kZeroFloor up,
// one factor is zero; below that, one is padding.
inline constexpr std::int32_t kProductFloor = -(1 << 27);
inline constexpr std::int32_t kZeroFloor = -(1 << 29) - (1 << 27);

// Lowest scale offset, in octaves, that pack accepts; operands of formats with one scale per tensor: none.
// FP32 spans 277 octaves.
inline constexpr int kLowestOffsetOctaves = -512;

// Longest vector that an LNS lane takes.
inline constexpr unsigned kLongestVector = 1024;

struct LnsGeometry {
  LnsGeometry(const DatapathParameters& parameters, const LnsLayout& a, int lowest_offset_a,
              const LnsLayout& b, int lowest_offset_b);

  std::int32_t remainder(std::int32_t exponent) const { return exponent & ((1 << log2_gamma) - 1); }
  std::int32_t octave(std::int32_t exponent) const { return exponent >> log2_gamma; }

  DatapathParameters parameters;
  unsigned log2_gamma;  // of the product: the larger one
  unsigned shift_a;     // aligns exponents of A
  unsigned shift_b;
  LogToLinear converter;
  int highest_octave;  // of a product
  int lowest_octave;
  int lsb_octave;  // log2 of the narrow accumulator's LSB: ceil(largest p / gamma) - lsb_octaves
};

// A sum in units of the accumulator's LSB, modulo 2^64, and on which side of [-2^62, 2^62) it lies.
struct LsbSum {
  std::uint64_t low = 0;
  int beyond = 0;
};

// accumulator + sum in a register of `bits` bits (8..62); saturates or wraps, and counts it.
std::int64_t accumulate(std::int64_t accumulator, const LsbSum& sum, unsigned bits, Overflow overflow,
                        DotCounts& counts);

}  // namespace lnsim::arith
