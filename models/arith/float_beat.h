// One beat of floating-point lanes on unpacked operands: the ways to accumulate.
#pragma once

#include <cstdint>
#include <span>

#include "models/arith/datapath.h"

namespace lnsim::arith {

enum FloatFlag : std::uint16_t {
  kFloatPadding = 1,  // contributes and counts nothing
  kFloatZero = 2,
  kFloatInfinity = 4,
  kFloatNan = 8,
  kFloatNegative = 16
};

// (-1)^negative * significand * 2^exponent. Zeros, padding and specials have a significand of 0 and
// kFloatNoExponent, so that a product with one of them lies far below everything.
struct FloatOperand {
  std::uint32_t significand;
  std::int16_t exponent;
  std::uint16_t flags;
};
inline constexpr std::int16_t kFloatNoExponent = -16000;

// Lanes are rows of `a`, `b.size()` operands each; `accumulators` are FP32 codes, one per lane.
void beat_per_step(const FloatOperand* a, std::span<const FloatOperand> b,
                   std::span<std::uint32_t> accumulators, DotCounts& counts);

void beat_fused(const FloatOperand* a, std::span<const FloatOperand> b, std::span<std::uint32_t> accumulators,
                DotCounts& counts);

// alignment_bits: 8..48.
void beat_aligned(const FloatOperand* a, std::span<const FloatOperand> b,
                  std::span<std::uint32_t> accumulators, unsigned alignment_bits, DotCounts& counts);

// What infinities and NaNs, of which there is one at least among a product's factors and the accumulator,
// make of it.
std::uint32_t add_special(std::uint32_t accumulator, const FloatOperand& a, const FloatOperand& b);

// The same of a whole beat, in which finite terms change nothing.
std::uint32_t add_specials(std::uint32_t accumulator, const FloatOperand* a, std::span<const FloatOperand> b);

}  // namespace lnsim::arith
