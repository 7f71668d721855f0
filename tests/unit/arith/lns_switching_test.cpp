// LaneSwitching of logarithmic lanes against the oracle, and by hand.
#include "models/arith/lns_switching.h"

#include <gtest/gtest.h>

#define HWY_WANT_AVX3_DL
#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>
#include <memory>

#include "models/arith/lns_layout.h"
#include "models/arith/log_to_linear.h"
#include "tests/unit/arith/switching_oracle.h"

namespace lnsim::arith {
namespace {

class LnsWordsOracle final : public HardwareWords {
 public:
  LnsWordsOracle(const DatapathParameters& p, const FormatParameters& a, const FormatParameters& b)
      : a_(a),
        b_(b),
        log2_gamma_(std::max(a_.log2_gamma(), b_.log2_gamma())),
        converter_(1u << log2_gamma_, p.table_entries, p.constant_bits) {
    const int gamma = 1 << log2_gamma_;
    largest_ = aligned(a_, a_.top(), 0) + aligned(b_, b_.top(), 0);
    for (const FormatParameters& format : {a, b})
      if (format.granularity != ScaleGranularity::tensor) lowest_ -= 512 * gamma;
    exponent_bits_ = 1;
    while (largest_ >= 1 << exponent_bits_ || -lowest_ > 1 << exponent_bits_) ++exponent_bits_;
    if (lowest_ < 0) ++exponent_bits_;
    const int highest_octave = largest_ / gamma, lowest_octave = lowest_ / gamma;
    term_bits_ = highest_octave - lowest_octave + static_cast<int>(converter_.factor_bits()) + 2;
    uncounted_ = std::max(0, term_bits_ - 32);
    if (p.accumulator == AccumulatorMode::narrow && p.truncate_at == TruncationPoint::product) {
      const int lsb_octave = (largest_ + gamma - 1) / gamma - p.lsb_octaves;
      uncounted_ =
          std::max(uncounted_, lsb_octave - lowest_octave + static_cast<int>(converter_.factor_bits()));
    }
  }

  // Of the codes packed from now on.
  void lower(std::int32_t offset_a, std::int32_t offset_b) {
    offset_a_ = offset_a;
    offset_b_ = offset_b;
  }

  bool is_zero(bool is_a, Code code) const override { return (is_a ? a_ : b_).decode(code).zero; }
  bool is_negative(bool is_a, Code code) const override {
    const LnsNumber x = (is_a ? a_ : b_).decode(code);
    return !x.zero && x.negative;
  }
  Word operand(bool is_a, Code code) const override {
    const LnsLayout& layout = is_a ? a_ : b_;
    const LnsNumber x = layout.decode(code);
    if (x.zero) return {};
    return exponent_word(x.negative, aligned(layout, x.exponent, is_a ? offset_a_ : offset_b_));
  }
  Word product(Code a, Code b) const override { return exponent_word(false, exponent_of(a, b)); }
  LaneWords lane(const Slots& a, const Slots& b) const override {
    LaneWords words;
    std::map<unsigned, std::int64_t> sums;
    int carry_bits = 0;
    while (b.size() >> carry_bits != 0) ++carry_bits;
    for (std::size_t i = 0; i < b.size(); ++i) {
      words.terms.emplace_back();
      if (!a[i] || !b[i] || is_zero(true, *a[i]) || is_zero(false, *b[i])) continue;
      const bool negative = is_negative(true, *a[i]) != is_negative(false, *b[i]);
      const int shifted = exponent_of(*a[i], *b[i]) - lowest_;  // whole octaves higher
      const auto remainder = static_cast<unsigned>(shifted % (1 << log2_gamma_));
      const Word shifted_factor = word_of(converter_.factor(remainder))
                                  << static_cast<std::size_t>(shifted >> log2_gamma_);
      Word magnitude = shifted_factor, term = shifted_factor;
      for (int bit = 0; negative && bit < term_bits_; ++bit) term.flip(static_cast<std::size_t>(bit));
      for (int bit = 0; bit < uncounted_; ++bit) {
        term.reset(static_cast<std::size_t>(bit));
        magnitude.reset(static_cast<std::size_t>(bit));
      }
      words.terms[i][converter_.bin(remainder)] = term;
      // Of the magnitude's upper 31 bits, without those below the carries.
      const int left_out = term_bits_ - 32 + carry_bits;
      if (left_out > 0)
        magnitude >>= static_cast<std::size_t>(left_out);
      else
        magnitude <<= static_cast<std::size_t>(-left_out);
      const auto summand = static_cast<std::int64_t>(magnitude.to_ullong());
      sums[converter_.bin(remainder)] += negative ? -summand : summand;
    }
    for (const auto& [bin, sum] : sums)
      words.trees[bin] = word_of(static_cast<std::uint64_t>(sum) & 0xffffffff);
    return words;
  }

 private:
  int aligned(const LnsLayout& layout, std::int32_t exponent, std::int32_t offset) const {
    return (exponent + offset) * (1 << (log2_gamma_ - layout.log2_gamma()));
  }
  int exponent_of(Code a, Code b) const {
    return aligned(a_, a_.decode(a).exponent, offset_a_) + aligned(b_, b_.decode(b).exponent, offset_b_);
  }
  // Two's complement and the sign above it.
  Word exponent_word(bool negative, int exponent) const {
    const auto bits = static_cast<std::uint64_t>(exponent) & ((1ULL << exponent_bits_) - 1);
    return word_of(bits | (negative ? 1ULL << exponent_bits_ : 0));
  }

  LnsLayout a_, b_;
  unsigned log2_gamma_;
  LogToLinear converter_;
  int largest_ = 0;  // exponent of a product
  int lowest_ = 0;
  unsigned exponent_bits_;
  int term_bits_;
  int uncounted_;  // bits of a term, the lowest ones
  std::int32_t offset_a_ = 0, offset_b_ = 0;
};

struct LnsPair {
  LnsPair(const DatapathParameters& p, const FormatParameters& format_a, const FormatParameters& format_b)
      : a(make_format(format_a)),
        b(make_format(format_b)),
        datapath(make_datapath(p, *a, *b)),
        words(p, format_a, format_b) {}

  std::unique_ptr<const NumberFormat> a, b;
  std::unique_ptr<const Datapath> datapath;
  LnsWordsOracle words;
};

void compare_random_beats(LnsPair& pair, unsigned size, unsigned seed) {
  RandomBeats random(seed);
  const FormatParameters& format_a = pair.a->parameters();
  const FormatParameters& format_b = pair.b->parameters();
  const auto codes_a = codes_of(*pair.a, pair.a->storage_bits()),
             codes_b = codes_of(*pair.b, pair.b->storage_bits());
  const auto offset = [&](const FormatParameters& format) {
    return format.granularity == ScaleGranularity::tensor
               ? 0
               : -static_cast<std::int32_t>(random.below(40 * format.gamma));
  };
  const unsigned lanes = 1 + random.below(6);
  SwitchingComparison comparison(*pair.datapath, pair.words, lanes, size);
  Slots a;
  unsigned rows = 0;
  std::int32_t offset_a = 0;
  for (int beat = 0; beat < 12; ++beat) {
    if (beat % 3 == 0) {
      rows = 1 + random.below(lanes);
      a = random.slots(std::size_t{rows} * size, codes_a, pair.a->zero_code());
      offset_a = offset(format_a);
      comparison.clear_accumulators();
    }
    const std::int32_t offset_b = offset(format_b);
    pair.words.lower(offset_a, offset_b);
    comparison.beat(a, random.slots(size, codes_b, pair.b->zero_code()), rows, offset_a, offset_b);
  }
  EXPECT_EQ(comparison.counted(), comparison.expected())
      << "size " << size << ", lanes " << lanes << "\n  " << shown(comparison.counted()) << "\n  "
      << shown(comparison.expected());
}

std::vector<DatapathParameters> lns_datapaths() {
  std::vector<DatapathParameters> all;
  for (const TruncationPoint point : {TruncationPoint::vector, TruncationPoint::product}) {
    for (const unsigned entries : {1u, 2u, 8u}) {
      DatapathParameters p;
      p.truncate_at = point;
      p.table_entries = entries;
      all.push_back(p);
    }
  }
  DatapathParameters exact;
  exact.accumulator = AccumulatorMode::exact;
  all.push_back(exact);
  return all;
}

TEST(LaneSwitching, of_lns_lanes_equals_the_definition_for_random_beats_of_many_formats) {
  unsigned seed = 1;
  for (const DatapathParameters& p : lns_datapaths()) {
    for (const unsigned size : {1u, 3u, 16u, 32u, 37u}) {
      LnsPair narrow(p, {}, {});
      compare_random_beats(narrow, size, ++seed);
      LnsPair mixed(p, {.bits = 8, .gamma = 16}, {.bits = 6, .gamma = 2, .zero = ZeroCode::flag});
      compare_random_beats(mixed, size, ++seed);
      LnsPair wide(p, {.bits = 8, .gamma = 1}, {.bits = 5, .gamma = 1, .zero = ZeroCode::none});
      compare_random_beats(wide, size, ++seed);
    }
  }
}

TEST(LaneSwitching, of_lns_lanes_equals_the_definition_where_scales_lower_the_operands) {
  unsigned seed = 100;
  const FormatParameters channel{.granularity = ScaleGranularity::channel};
  for (const DatapathParameters& p : lns_datapaths()) {
    LnsPair one(p, {}, channel);
    compare_random_beats(one, 19, ++seed);
    LnsPair both(p, {.bits = 6, .gamma = 2, .granularity = ScaleGranularity::vector}, channel);
    compare_random_beats(both, 16, ++seed);
  }
}

TEST(LaneSwitching, of_lns_lanes_equals_the_definition_for_every_change_between_products_of_four_bits) {
  const FormatParameters format{.bits = 4, .gamma = 2};
  LnsPair pair({}, format, format);
  const std::vector<Code> codes = codes_of(*pair.a, 4);
  ASSERT_EQ(codes.size(), 16u);
  const Slots every(codes.begin(), codes.end());
  SwitchingComparison comparison(*pair.datapath, pair.words, 16, 1);
  for (const Code from : codes) {
    for (const Code to : codes) {
      comparison.beat(every, {from}, 16);
      comparison.beat(every, {to}, 16);
    }
  }
  EXPECT_EQ(comparison.counted(), comparison.expected())
      << shown(comparison.counted()) << shown(comparison.expected());
}

TEST(LaneSwitching, of_lns_lanes_is_the_same_on_every_instruction_set) {
  for (std::int64_t rest = hwy::SupportedTargets() & HWY_TARGETS; rest != 0; rest &= rest - 1) {
    SCOPED_TRACE(hwy::TargetName(rest & -rest));
    hwy::SetSupportedTargetsForTest(rest & -rest);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    for (const unsigned entries : {2u, 8u}) {
      DatapathParameters p;
      p.table_entries = entries;
      LnsPair pair(p, {}, {});
      compare_random_beats(pair, 21, 7);
    }
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

TEST(LaneSwitching, of_two_lns_products_is_what_one_counts_by_hand) {
  const FormatParameters format{.bits = 8, .gamma = 8};
  LnsPair pair({}, format, format);
  SwitchingComparison comparison(*pair.datapath, pair.words, 1, 1);
  comparison.beat({Code{8}}, {Code{8}}, 1);  // 2^(8/8) * 2^(8/8): exponent 16, octave 2, bin 0
  SwitchingCounts expected;
  expected[Switching::slots] = 1;
  expected[Switching::live_products] = 1;
  expected[Switching::operand_a_bits] = 1;
  expected[Switching::operand_b_bits] = 1;
  expected[Switching::product_bits] = 1;
  expected[Switching::term_bits] = 1;
  expected[Switching::tree_bits] = 1;
  EXPECT_EQ(comparison.counted(), expected);  // 4 lies far below the LSB, 2^13
  comparison.beat({Code{8}}, {Code{9}}, 1);   // exponent 17: the next bin
  expected[Switching::slots] += 1;
  expected[Switching::live_products] += 1;
  expected[Switching::operand_b_bits] += 1;
  expected[Switching::product_bits] += 1;
  expected[Switching::term_bits] += 2;  // falls in the one tree, rises in the other
  expected[Switching::tree_bits] += 2;
  EXPECT_EQ(comparison.counted(), expected);
}

TEST(LaneSwitching, of_lanes_that_see_the_same_again_is_that_of_the_accumulators) {
  LnsPair pair({}, {}, {});
  SwitchingComparison comparison(*pair.datapath, pair.words, 2, 4);
  const Slots a(8, Code{120}), b(4, Code{120});
  comparison.beat(a, b, 2);
  const SwitchingCounts once = comparison.counted();
  comparison.beat(a, b, 2);
  SwitchingCounts twice = comparison.counted();
  EXPECT_EQ(once[Switching::additions], 0u);
  EXPECT_EQ(twice[Switching::additions], 2u);
  EXPECT_EQ(twice[Switching::augend_bits], once[Switching::accumulator_bits]);
  EXPECT_GT(twice[Switching::accumulator_bits], once[Switching::accumulator_bits]);
  EXPECT_EQ(twice[Switching::slots], 2 * once[Switching::slots]);
  EXPECT_EQ(twice[Switching::live_products], 2 * once[Switching::live_products]);
  for (const Switching what :
       {Switching::operand_a_bits, Switching::operand_b_bits, Switching::product_bits, Switching::sign_bits,
        Switching::term_bits, Switching::tree_bits, Switching::sum_bits})
    EXPECT_EQ(twice[what], once[what]);
}

}  // namespace
}  // namespace lnsim::arith
