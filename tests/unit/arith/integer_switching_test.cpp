// LaneSwitching of integer lanes against the oracle.
#include "models/arith/integer_switching.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "tests/unit/arith/switching_oracle.h"

namespace lnsim::arith {
namespace {

class IntegerWordsOracle final : public HardwareWords {
 public:
  IntegerWordsOracle(const NumberFormat& a, const NumberFormat& b) : a_(a), b_(b) {}

  bool is_zero(bool, Code code) const override { return code == 0; }
  Word operand(bool, Code code) const override { return word_of(code); }
  Word multiples(const Slot& a, const Slot& b) const override {
    const auto value = [](const NumberFormat& format, const Slot& x) {
      return x ? static_cast<std::int64_t>(format.value(*x, {})) : 0;
    };
    return booth_oracle(value(a_, a), value(b_, b), static_cast<int>(a_.parameters().bits),
                        static_cast<int>(b_.parameters().bits), true);
  }
  Word product(Code a, Code b) const override {
    const auto product = static_cast<std::int64_t>(a_.value(a, {}) * b_.value(b, {}));
    const unsigned bits = a_.parameters().bits + b_.parameters().bits;
    return word_of(static_cast<std::uint64_t>(product) & ((1ULL << bits) - 1));
  }

 private:
  const NumberFormat& a_;
  const NumberFormat& b_;
};

TEST(LaneSwitching, of_integer_lanes_equals_the_definition_for_every_pair_of_8_bit_codes) {
  const auto format = make_format({.kind = FormatKind::integer, .bits = 8});
  DatapathParameters p;
  p.kind = DatapathKind::int8;
  const auto datapath = make_datapath(p, *format, *format);
  const IntegerWordsOracle words(*format, *format);
  const std::vector<Code> codes = codes_of(*format, 8);
  ASSERT_EQ(codes.size(), 255u);
  const Slots every(codes.begin(), codes.end());
  SwitchingComparison comparison(*datapath, words, 255, 1);
  for (const Code code : codes) comparison.beat(every, {code}, 255);
  EXPECT_EQ(comparison.counted(), comparison.expected())
      << shown(comparison.counted()) << shown(comparison.expected());
}

TEST(LaneSwitching, of_integer_lanes_equals_the_definition_for_random_beats) {
  RandomBeats random(3);
  for (const unsigned bits_b : {4u, 16u}) {
    for (const AccumulatorMode mode : {AccumulatorMode::narrow, AccumulatorMode::exact}) {
      for (const unsigned size : {1u, 3u, 16u, 37u}) {
        const auto a = make_format({.kind = FormatKind::integer, .bits = 8});
        const auto b = make_format({.kind = FormatKind::integer, .bits = bits_b});
        DatapathParameters p;
        p.kind = DatapathKind::int8;
        p.accumulator = mode;
        const auto datapath = make_datapath(p, *a, *b);
        const IntegerWordsOracle words(*a, *b);
        SwitchingComparison comparison(*datapath, words, 5, size);
        for (int beat = 0; beat < 8; ++beat) {
          const unsigned rows = 1 + random.below(5);
          comparison.beat(random.slots(rows * size, codes_of(*a, 8), 0),
                          random.slots(size, codes_of(*b, bits_b), 0), rows);
        }
        EXPECT_EQ(comparison.counted(), comparison.expected())
            << shown(comparison.counted()) << shown(comparison.expected());
      }
    }
  }
}

}  // namespace
}  // namespace lnsim::arith
