// The LNS lane against integers of unlimited size: a second implementation of the published formula
//   sum_r 2^(r / gamma) * ( sum_{i: r_i = r} sign_i << q_i )
// with the truncation points of models/arith/lns_scalar_lane.h, written on cpp_int.
#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "models/arith/lns_datapath.h"
#include "models/arith/lns_format.h"

namespace lnsim::arith {
namespace {

using Integer = boost::multiprecision::cpp_int;
using Real = boost::multiprecision::cpp_bin_float_100;

// Everything is counted in 2^-kUnit, finer than any LSB here.
constexpr unsigned kUnit = 320;

Integer power_of_two(unsigned exponent) {
  return Integer(1) << exponent;
}

// x rounded to a multiple of 2^bits.
Integer rounded(const Integer& x, unsigned bits, TruncationRule rule) {
  const Integer unit = power_of_two(bits);
  Integer quotient = x / unit, rest = x % unit;  // toward zero
  if (rest == 0 || rule == TruncationRule::toward_zero) return quotient * unit;
  if (rest < 0) {
    rest += unit;
    quotient -= 1;
  }
  if (rule == TruncationRule::nearest_even && (2 * rest > unit || (2 * rest == unit && quotient % 2 != 0)))
    quotient += 1;
  return quotient * unit;
}

struct Operand {
  bool zero;
  int sign;
  int exponent;  // on the product's grid
};

class Oracle {
 public:
  Oracle(const DatapathParameters& p, const FormatParameters& a, const FormatParameters& b)
      : p_(p), a_(a), b_(b), gamma_(static_cast<int>(std::max(a.gamma, b.gamma))) {
    bins_ = std::min(static_cast<int>(p.table_entries), gamma_);
    for (int bin = 0; bin < bins_; ++bin) {
      const Real constant = pow(Real(2), Real(bin) / bins_) * pow(Real(2), p.constant_bits);
      constants_.push_back(static_cast<Integer>(floor(constant + Real(0.5))));
    }
    const int largest = top(a) + top(b);
    lsb_ = (largest + gamma_ - 1) / gamma_ - p.lsb_octaves;  // largest >= 0
  }

  Operand operand_a(Code code) const { return operand(code, a_); }
  Operand operand_b(Code code) const { return operand(code, b_); }

  // Adds a dot product to an accumulator in units of the LSB (narrow) or of 2^-kUnit (exact).
  void beat(const std::vector<Operand>& a, const std::vector<Operand>& b, Integer& accumulator,
            DotCounts& counts) const {
    const bool exact = p_.accumulator == AccumulatorMode::exact;
    const unsigned lsb = static_cast<unsigned>(lsb_ + static_cast<int>(kUnit));
    std::map<int, Integer> bins;
    for (std::size_t i = 0; i < a.size(); ++i) {
      ++counts.products;
      if (a[i].zero || b[i].zero) {
        ++counts.zero_products;
        continue;
      }
      const int p = a[i].exponent + b[i].exponent;
      const int octave = static_cast<int>(std::floor(static_cast<double>(p) / gamma_));
      const int remainder = p - octave * gamma_;
      const int low = remainder % (gamma_ / bins_);
      // (1 + low / gamma) << octave
      Integer product = (power_of_two(kUnit) + power_of_two(kUnit) * low / gamma_);
      product = octave >= 0 ? Integer(product << octave) : Integer(product >> -octave);
      if (a[i].sign * b[i].sign < 0) product = -product;
      const bool lost = octave < lsb_;
      if (lost && !exact) ++counts.lost_products;
      if (!exact && p_.truncate_at == TruncationPoint::product)
        truncate(product, lsb, lost ? nullptr : &counts.truncated_sums);
      bins[remainder / (gamma_ / bins_)] += product;
    }
    Integer sum = 0;  // constant_bits finer than the unit
    for (auto& [bin, value] : bins) {
      if (!exact && p_.truncate_at == TruncationPoint::bin) truncate(value, lsb, &counts.truncated_sums);
      Integer term = value * constants_[static_cast<std::size_t>(bin)];
      if (!exact && p_.truncate_at != TruncationPoint::vector)
        truncate(term, lsb + p_.constant_bits, &counts.truncated_sums);
      sum += term;
    }
    if (exact) {
      accumulator += sum;
      return;
    }
    if (p_.truncate_at == TruncationPoint::vector)
      truncate(sum, lsb + p_.constant_bits, &counts.truncated_sums);
    accumulator += sum / power_of_two(lsb + p_.constant_bits);
    fit(accumulator, counts);
  }

  // The value of an accumulator.
  double value(const Integer& accumulator) const {
    const int unit =
        p_.accumulator == AccumulatorMode::exact ? -static_cast<int>(kUnit + p_.constant_bits) : lsb_;
    return static_cast<double>(ldexp(Real(accumulator), unit));
  }

 private:
  int top(const FormatParameters& f) const {
    return ((1 << (f.bits - 1)) - 1) * (gamma_ / static_cast<int>(f.gamma));
  }
  Operand operand(Code code, const FormatParameters& f) const {
    const int sign = (code >> (f.bits - 1) & 1) != 0 ? -1 : 1;
    const auto exponent = static_cast<int>(code & ((1u << (f.bits - 1)) - 1));
    return {sign < 0 && exponent == 0, sign, exponent * (gamma_ / static_cast<int>(f.gamma))};
  }
  void truncate(Integer& x, unsigned bits, std::uint64_t* count) const {
    const Integer kept = rounded(x, bits, p_.truncation);
    if (kept != x && count != nullptr) ++*count;
    x = kept;
  }
  void fit(Integer& x, DotCounts& counts) const {
    const Integer half = power_of_two(p_.accumulator_bits - 1);
    if (x >= -half && x < half) return;
    ++counts.saturations;
    if (p_.overflow == Overflow::saturate) {
      x = x < 0 ? Integer(-half) : Integer(half - 1);
    } else {
      Integer low = (x + half) % (2 * half);
      if (low < 0) low += 2 * half;
      x = low - half;
    }
  }

  DatapathParameters p_;
  FormatParameters a_;
  FormatParameters b_;
  int gamma_;
  int bins_;
  int lsb_;
  std::vector<Integer> constants_;
};

std::string describe(const DatapathParameters& p) {
  return std::string(kTruncationPointNames[static_cast<std::size_t>(p.truncate_at)]) + ' ' +
         std::string(kTruncationRuleNames[static_cast<std::size_t>(p.truncation)]) + " table " +
         std::to_string(p.table_entries);
}

class Comparison {
 public:
  Comparison(const DatapathParameters& p, const FormatParameters& a, const FormatParameters& b)
      : oracle_(p, a, b), a_(make_lns(a)), b_(make_lns(b)), datapath_(make_lns_datapath(p, *a_, *b_)) {}

  // `rows` of a, one lane each, against b, `beats` times into the same accumulators.
  void run(const std::vector<std::vector<Code>>& rows, const std::vector<Code>& b, int beats) {
    std::vector<std::int32_t> packed_a(rows.size() * b.size()), packed_b(b.size());
    for (std::size_t lane = 0; lane < rows.size(); ++lane)
      datapath_->pack_a(rows[lane], 0, reinterpret_cast<std::byte*>(packed_a.data() + lane * b.size()));
    datapath_->pack_b(b, 0, reinterpret_cast<std::byte*>(packed_b.data()));
    std::vector<std::uint64_t> accumulators(rows.size() * datapath_->accumulator_bytes() / 8);
    auto* const bytes = reinterpret_cast<std::byte*>(accumulators.data());
    datapath_->clear(bytes, rows.size());

    DotCounts counts, expected_counts;
    std::vector<Integer> expected(rows.size());
    for (int beat = 0; beat < beats; ++beat) {
      datapath_->beat(reinterpret_cast<const std::byte*>(packed_a.data()),
                      reinterpret_cast<const std::byte*>(packed_b.data()), static_cast<unsigned>(b.size()),
                      static_cast<unsigned>(rows.size()), bytes, counts);
      for (std::size_t lane = 0; lane < rows.size(); ++lane)
        oracle_.beat(operands(rows[lane], true), operands(b, false), expected[lane], expected_counts);
    }
    for (std::size_t lane = 0; lane < rows.size(); ++lane)
      ASSERT_EQ(datapath_->value(bytes + lane * datapath_->accumulator_bytes()),
                oracle_.value(expected[lane]))
          << "lane " << lane;
    ASSERT_EQ(counts, expected_counts);
  }

 private:
  std::vector<Operand> operands(const std::vector<Code>& codes, bool is_a) const {
    std::vector<Operand> result;
    for (const Code code : codes) result.push_back(is_a ? oracle_.operand_a(code) : oracle_.operand_b(code));
    return result;
  }

  Oracle oracle_;
  std::unique_ptr<const NumberFormat> a_;
  std::unique_ptr<const NumberFormat> b_;
  std::unique_ptr<const Datapath> datapath_;
};

std::vector<DatapathParameters> variants() {
  std::vector<DatapathParameters> result;
  for (const TruncationPoint point :
       {TruncationPoint::product, TruncationPoint::bin, TruncationPoint::constant, TruncationPoint::vector}) {
    for (const TruncationRule rule :
         {TruncationRule::floor, TruncationRule::toward_zero, TruncationRule::nearest_even}) {
      for (const unsigned entries : {8u, 2u, 1u}) {
        DatapathParameters p;
        p.truncate_at = point;
        p.truncation = rule;
        p.table_entries = entries;
        result.push_back(p);
      }
    }
  }
  DatapathParameters exact;
  exact.accumulator = AccumulatorMode::exact;
  result.push_back(exact);
  exact.table_entries = 1;
  result.push_back(exact);
  return result;
}

void compare_all_pairs(const DatapathParameters& p, const FormatParameters& a, const FormatParameters& b) {
  SCOPED_TRACE(describe(p));
  Comparison comparison(p, a, b);
  std::vector<std::vector<Code>> rows;
  for (Code code = 0; code < 1u << a.bits; ++code) rows.push_back({code});
  for (Code code = 0; code < 1u << b.bits; ++code) {
    comparison.run(rows, {code}, 1);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(LnsDatapath, product_of_every_pair_of_codes_of_eight_bits_is_the_oracles) {
  DatapathParameters p;
  compare_all_pairs(p, {}, {});
  p.truncate_at = TruncationPoint::product;
  p.table_entries = 2;
  compare_all_pairs(p, {}, {});
  p.accumulator = AccumulatorMode::exact;
  compare_all_pairs(p, {}, {});
}

TEST(LnsDatapath, product_of_every_pair_of_codes_of_five_bits_is_the_oracles_in_every_variant) {
  for (DatapathParameters p : variants()) {
    p.lsb_octaves = 4;
    compare_all_pairs(p, {.bits = 5, .gamma = 8}, {.bits = 5, .gamma = 8});
    compare_all_pairs(p, {.bits = 5, .gamma = 8}, {.bits = 4, .gamma = 2});
  }
}

std::vector<Code> random_codes(unsigned bits, std::size_t count, std::mt19937_64& random) {
  std::vector<Code> codes;
  for (std::size_t i = 0; i < count; ++i) codes.push_back(static_cast<Code>(random() % (1u << bits)));
  return codes;
}

TEST(LnsDatapath, dot_products_of_random_vectors_are_the_oracles_in_every_variant) {
  std::mt19937_64 random(3);
  const std::vector<std::pair<FormatParameters, FormatParameters>> pairs{
      {{}, {}},
      {{.bits = 8, .gamma = 16}, {.bits = 6, .gamma = 2}},
      {{.bits = 7, .gamma = 1}, {.bits = 7, .gamma = 1}},
      {{.bits = 12, .gamma = 128}, {.bits = 8, .gamma = 8}},
      {{.bits = 16, .gamma = 2048}, {.bits = 16, .gamma = 2048}}};
  for (DatapathParameters p : variants()) {
    SCOPED_TRACE(describe(p));
    for (const auto& [a, b] : pairs) {
      // Twelve-bit accumulators saturate within a few beats.
      p.accumulator_bits = random() % 2 != 0 ? 24 : 12;
      p.overflow = random() % 2 != 0 ? Overflow::saturate : Overflow::wrap;
      p.lsb_octaves = static_cast<int>(random() % 24);
      p.constant_bits = static_cast<unsigned>(1 + random() % 24);
      Comparison comparison(p, a, b);
      for (const std::size_t size : {5u, 32u}) {
        std::vector<std::vector<Code>> rows;
        for (int lane = 0; lane < 3; ++lane) rows.push_back(random_codes(a.bits, size, random));
        comparison.run(rows, random_codes(b.bits, size, random), 3);
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  }
}

TEST(LnsDatapath, accumulators_with_a_very_low_or_high_lsb_are_the_oracles) {
  std::mt19937_64 random(5);
  for (DatapathParameters p : variants()) {
    SCOPED_TRACE(describe(p));
    for (const int lsb : {0, 45, 62, 100, 250}) {
      for (const Overflow overflow : {Overflow::saturate, Overflow::wrap}) {
        p.lsb_octaves = lsb;
        p.overflow = overflow;
        p.accumulator_bits = 62;
        Comparison comparison(p, {}, {});
        comparison.run({random_codes(8, 8, random), random_codes(8, 8, random)}, random_codes(8, 8, random),
                       2);
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  }
}

}  // namespace
}  // namespace lnsim::arith
