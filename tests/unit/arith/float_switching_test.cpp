// LaneSwitching of floating-point lanes against the oracle.
#include "models/arith/float_switching.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

#include "tests/unit/arith/switching_oracle.h"

namespace lnsim::arith {
namespace {

class FloatWordsOracle final : public HardwareWords {
 public:
  FloatWordsOracle(const NumberFormat& a, const NumberFormat& b, int mantissa_a, int mantissa_b)
      : a_(a), b_(b), mantissa_a_(mantissa_a), mantissa_b_(mantissa_b) {}

  bool is_zero(bool is_a, Code code) const override { return (is_a ? a_ : b_).value(code, {}) == 0; }
  Word operand(bool, Code code) const override { return word_of(code); }
  ProductWords product(Code a, Code b) const override {
    const double x = a_.value(a, {}), y = b_.value(b, {});
    if (!std::isfinite(x) || !std::isfinite(y)) return {};
    const auto significand = [](double value, int mantissa) {
      return static_cast<std::uint64_t>(std::ldexp(std::abs(value), mantissa - std::ilogb(value)));
    };
    const std::uint64_t exponent = static_cast<std::uint64_t>(std::ilogb(x) + std::ilogb(y)) & 0xfff;
    const std::uint64_t sign = (x < 0) != (y < 0) ? 1 : 0;
    Word word = word_of(significand(x, mantissa_a_) * significand(y, mantissa_b_));
    word |= word_of(exponent | sign << 12) << 64;
    return {word, {}};
  }
  bool has_integer_sums() const override { return false; }

 private:
  const NumberFormat& a_;
  const NumberFormat& b_;
  int mantissa_a_;
  int mantissa_b_;
};

struct FloatPair {
  DatapathKind kind;
  FormatKind a, b;
  int mantissa_a, mantissa_b;
};
constexpr FloatPair kFloatPairs[] = {
    {DatapathKind::fp32, FormatKind::fp32, FormatKind::fp32, 23, 23},
    {DatapathKind::fp16, FormatKind::fp16, FormatKind::fp16, 10, 10},
    {DatapathKind::bf16, FormatKind::bf16, FormatKind::bf16, 7, 7},
    {DatapathKind::fp8_e4m3, FormatKind::fp8_e4m3, FormatKind::fp8_e5m2, 3, 2},
};

// Codes of any kind: subnormal, zero of either sign, and the infinities and quiet numbers that lanes can
// hold.
std::vector<Code> random_codes(const NumberFormat& format, RandomBeats& random) {
  std::vector<Code> codes;
  const unsigned bits = format.storage_bits();
  while (codes.size() < 300) {
    const Code code = (random.below(1u << 16) << 16 | random.below(1u << 16)) & (0xffffffffu >> (32 - bits));
    if (!std::isnan(format.value(code, {}))) codes.push_back(code);
    codes.push_back(code % 3 << (bits - 1 - code % 2));  // zeros and large numbers
    codes.back() &= 0xffffffffu >> (32 - bits);
    if (std::isnan(format.value(codes.back(), {}))) codes.pop_back();
    codes.push_back(1 + code % 3);  // subnormal
  }
  return codes;
}

TEST(LaneSwitching, of_floating_point_lanes_equals_the_definition_for_random_beats) {
  RandomBeats random(4);
  for (const FloatPair& pair : kFloatPairs) {
    for (const FloatAccumulation accumulation : {FloatAccumulation::per_step, FloatAccumulation::fused}) {
      for (const unsigned size : {1u, 16u, 21u}) {
        const auto a = make_format({.kind = pair.a}), b = make_format({.kind = pair.b});
        DatapathParameters p;
        p.kind = pair.kind;
        p.float_accumulation = accumulation;
        const auto datapath = make_datapath(p, *a, *b);
        const FloatWordsOracle words(*a, *b, pair.mantissa_a, pair.mantissa_b);
        SwitchingComparison comparison(*datapath, words, 3, size);
        for (int beat = 0; beat < 12; ++beat) {
          const unsigned rows = 1 + random.below(3);
          comparison.clear_accumulators();
          comparison.beat(random.slots(rows * size, random_codes(*a, random), a->zero_code()),
                          random.slots(size, random_codes(*b, random), b->zero_code()), rows);
        }
        EXPECT_EQ(comparison.counted(), comparison.expected()) << a->name() << "\n"
                                                               << shown(comparison.counted()) << "\n"
                                                               << shown(comparison.expected());
      }
    }
  }
}

}  // namespace
}  // namespace lnsim::arith
