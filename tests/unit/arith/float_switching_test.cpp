// LaneSwitching of floating-point lanes against the oracle.
#include "models/arith/float_switching.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "tests/unit/arith/switching_oracle.h"

namespace lnsim::arith {
namespace {

class FloatWordsOracle final : public HardwareWords {
 public:
  FloatWordsOracle(const NumberFormat& a, const NumberFormat& b, int mantissa_a, int mantissa_b,
                   int alignment_bits)
      : a_(a), b_(b), mantissa_a_(mantissa_a), mantissa_b_(mantissa_b), alignment_bits_(alignment_bits) {}

  bool is_zero(bool is_a, Code code) const override { return (is_a ? a_ : b_).value(code, {}) == 0; }
  bool is_negative(bool is_a, Code code) const override {
    return (code >> ((is_a ? a_ : b_).storage_bits() - 1) & 1) != 0;
  }
  Word operand(bool, Code code) const override { return word_of(code); }
  Word multiples(const Slot& a, const Slot& b) const override {
    return booth_oracle(a ? significand(a_.value(*a, {}), mantissa_a_) : 0,
                        b ? significand(b_.value(*b, {}), mantissa_b_) : 0, mantissa_a_ + 1, mantissa_b_ + 1,
                        false);
  }
  Word product(Code a, Code b) const override {
    const double x = a_.value(a, {}), y = b_.value(b, {});
    if (!std::isfinite(x) || !std::isfinite(y)) return {};
    const std::uint64_t exponent = static_cast<std::uint64_t>(std::ilogb(x) + std::ilogb(y)) & 0xfff;
    Word word =
        word_of(static_cast<std::uint64_t>(significand(x, mantissa_a_) * significand(y, mantissa_b_)));
    word |= word_of(exponent) << 64;
    return word;
  }
  // By the values: products of two of these formats are exact in double precision.
  LaneWords lane(const Slots& a, const Slots& b) const override {
    std::vector<double> products;
    int highest = -100000;
    for (std::size_t i = 0; i < b.size(); ++i) {
      const double x = a[i] ? a_.value(*a[i], {}) : 0, y = b[i] ? b_.value(*b[i], {}) : 0;
      products.push_back(std::isfinite(x) && std::isfinite(y) ? x * y : 0);
      if (products[i] != 0) highest = std::max(highest, std::ilogb(products[i]));
    }
    LaneWords words;
    std::int64_t sum = 0;
    for (const double product : products) {
      const int distance =
          product == 0 ? alignment_bits_ : std::min(highest - std::ilogb(product), alignment_bits_);
      words.distances.push_back(word_of(static_cast<std::uint64_t>(distance)));
      const auto kept = static_cast<std::int64_t>(
          product == 0 ? 0 : std::floor(std::ldexp(std::abs(product), alignment_bits_ - 1 - highest)));
      Word term = word_of(static_cast<std::uint64_t>(kept));
      for (int bit = 0; product < 0 && bit <= alignment_bits_; ++bit)
        term.flip(static_cast<std::size_t>(bit));
      words.terms.push_back({{0, term}});
      sum += product < 0 ? -kept : kept;
    }
    int carry_bits = 0;
    while (std::size_t{1} << carry_bits < b.size()) ++carry_bits;
    for (int bit = 0; bit < alignment_bits_ + carry_bits + 1; ++bit)
      words.trees[0][static_cast<std::size_t>(bit)] = (sum >> bit & 1) != 0;
    words.sum = Word{};
    if (sum == 0) return words;
    const auto magnitude = static_cast<double>(std::abs(sum));
    const int bits = std::ilogb(magnitude);
    *words.sum = word_of(static_cast<std::uint64_t>(std::floor(std::ldexp(magnitude, 50 - bits))));
    *words.sum |= word_of(static_cast<std::uint64_t>(bits + highest - alignment_bits_ + 1) & 0xfff) << 64;
    words.sum->set(100, sum < 0);
    return words;
  }
  bool adds_nothing(const Word& augend) const override { return (augend & ~word_of(1u << 31)).none(); }

 private:
  static std::int64_t significand(double value, int mantissa) {
    if (value == 0 || !std::isfinite(value)) return 0;
    return static_cast<std::int64_t>(std::ldexp(std::abs(value), mantissa - std::ilogb(value)));
  }

  const NumberFormat& a_;
  const NumberFormat& b_;
  int mantissa_a_;
  int mantissa_b_;
  int alignment_bits_;
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
    for (const FloatAccumulation accumulation : {FloatAccumulation::aligned, FloatAccumulation::fused}) {
      for (const unsigned size : {1u, 16u, 21u}) {
        const auto a = make_format({.kind = pair.a}), b = make_format({.kind = pair.b});
        DatapathParameters p;
        p.kind = pair.kind;
        p.float_accumulation = accumulation;
        p.alignment_bits = accumulation == FloatAccumulation::aligned ? 12 : 48;
        const auto datapath = make_datapath(p, *a, *b);
        const FloatWordsOracle words(*a, *b, pair.mantissa_a, pair.mantissa_b,
                                     static_cast<int>(p.alignment_bits));
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
