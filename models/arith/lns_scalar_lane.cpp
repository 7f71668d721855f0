#include "models/arith/lns_scalar_lane.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "models/arith/wide_sum.h"

namespace lnsim::arith {
namespace {

// A two's complement number of as many words as the lane needs.
class WideNumber {
 public:
  explicit WideNumber(std::size_t words) : words_(words) {}

  void add(bool negative, std::uint64_t magnitude, unsigned shift) {
    wide_add(words_, negative, magnitude, shift);
  }
  void add(const WideNumber& other) { wide_add(words_, other.words_); }

  WideNumber times(std::uint32_t constant) const {
    WideNumber magnitude = *this;
    const bool negative = wide_sign(words_) < 0;
    if (negative) wide_negate(magnitude.words_);
    WideNumber product(words_.size());
    for (unsigned i = 0; i < 2 * words_.size(); ++i) {
      const std::uint64_t half = magnitude.words_[i / 2] >> (i % 2 * 32) & 0xffffffffu;
      if (half != 0) product.add(negative, half * constant, 32 * i);
    }
    return product;
  }

  // Rounds to a multiple of 2^bit; whether that lost anything.
  bool truncate(unsigned bit, TruncationRule rule) {
    const bool odd = test(bit);
    const bool half = bit > 0 && test(bit - 1);
    const bool below_half = bit > 1 && any_below(bit - 1);
    if (!half && !below_half) return false;
    const bool negative = wide_sign(words_) < 0;
    clear_below(bit);
    const bool up = rule == TruncationRule::toward_zero
                        ? negative
                        : rule == TruncationRule::nearest_even && half && (below_half || odd);
    if (up) add(false, 1, bit);
    return true;
  }

  // This over 2^bit, bits below it being zero.
  LsbSum over(unsigned bit) const {
    LsbSum result;
    const std::size_t word = bit / 64;
    const unsigned shift = bit % 64;
    result.low = words_[word] >> shift;
    if (shift != 0) result.low |= above(word) << (64 - shift);
    const int top = wide_top_bit(words_);
    if (top - static_cast<int>(bit) >= 62) result.beyond = wide_sign(words_);
    return result;
  }

 private:
  bool test(unsigned bit) const { return (words_[bit / 64] >> (bit % 64) & 1) != 0; }
  bool any_below(unsigned bit) const {
    for (std::size_t i = 0; i < bit / 64; ++i)
      if (words_[i] != 0) return true;
    return (words_[bit / 64] & ((std::uint64_t{1} << (bit % 64)) - 1)) != 0;
  }
  void clear_below(unsigned bit) {
    std::fill_n(words_.begin(), bit / 64, 0);
    words_[bit / 64] &= ~((std::uint64_t{1} << (bit % 64)) - 1);
  }
  // The word after `word`: above the last one there are copies of the sign.
  std::uint64_t above(std::size_t word) const {
    if (word + 1 < words_.size()) return words_[word + 1];
    return wide_sign(words_) < 0 ? ~std::uint64_t{0} : 0;
  }

  std::vector<std::uint64_t> words_;
};

enum class ProductKind : std::uint8_t { real, zero, padding };

ProductKind kind_of(std::int32_t packed_sum) {
  if (packed_sum >= kProductFloor) return ProductKind::real;
  return packed_sum >= kZeroFloor ? ProductKind::zero : ProductKind::padding;
}

// Counts a product; whether it adds anything.
bool take(std::int32_t packed_sum, DotCounts& counts) {
  const ProductKind kind = kind_of(packed_sum);
  if (kind == ProductKind::padding) return false;
  ++counts.products;
  if (kind == ProductKind::zero) ++counts.zero_products;
  return kind == ProductKind::real;
}

}  // namespace

LnsScalarLane::LnsScalarLane(const LnsGeometry& geometry)
    : geometry_(geometry),
      factor_bits_(static_cast<int>(geometry.converter.factor_bits())),
      constant_bits_(static_cast<int>(geometry.converter.constant_bits())) {}

LsbSum LnsScalarLane::narrow(std::span<const PackedLns> a, std::span<const PackedLns> b,
                             DotCounts& counts) const {
  const LogToLinear& converter = geometry_.converter;
  const TruncationPoint point = geometry_.parameters.truncate_at;
  const TruncationRule rule = geometry_.parameters.truncation;
  // Bit 0 of products and bins is 2^(unit - factor_bits); of sums, after the constants, constant_bits lower.
  const int unit = std::min(geometry_.lowest_octave, geometry_.lsb_octave);
  const auto bin_lsb = static_cast<unsigned>(geometry_.lsb_octave - unit + factor_bits_);
  const unsigned sum_lsb = bin_lsb + static_cast<unsigned>(constant_bits_);
  const auto top_bit = static_cast<unsigned>(std::max(geometry_.highest_octave, geometry_.lsb_octave) - unit +
                                             2 + factor_bits_ + constant_bits_);
  const std::size_t words = wide_sum_words(top_bit, 32) + 1;

  std::vector<WideNumber> bins(converter.bins(), WideNumber(words));
  for (std::size_t i = 0; i < a.size(); ++i) {
    const std::int32_t packed_sum = a[i] + b[i];
    if (!take(packed_sum, counts)) continue;
    const std::int32_t exponent = packed_sum >> 2;
    const auto remainder = static_cast<unsigned>(geometry_.remainder(exponent));
    const bool lost = geometry_.octave(exponent) < geometry_.lsb_octave;
    if (lost) ++counts.lost_products;
    WideNumber product(words);
    product.add((packed_sum & 1) != 0, converter.factor(remainder),
                static_cast<unsigned>(geometry_.octave(exponent) - unit));
    if (point == TruncationPoint::product && product.truncate(bin_lsb, rule) && !lost)
      ++counts.truncated_sums;
    bins[converter.bin(remainder)].add(product);
  }

  WideNumber sum(words);
  for (unsigned bin = 0; bin < converter.bins(); ++bin) {
    if (point == TruncationPoint::bin && bins[bin].truncate(bin_lsb, rule)) ++counts.truncated_sums;
    WideNumber term = bins[bin].times(converter.constant(bin));
    if (point != TruncationPoint::vector && term.truncate(sum_lsb, rule)) ++counts.truncated_sums;
    sum.add(term);
  }
  if (point == TruncationPoint::vector && sum.truncate(sum_lsb, rule)) ++counts.truncated_sums;
  return sum.over(sum_lsb);
}

void LnsScalarLane::exact(std::span<const PackedLns> a, std::span<const PackedLns> b,
                          std::span<std::uint64_t> accumulator, DotCounts& counts) const {
  for (std::size_t i = 0; i < a.size(); ++i) {
    const std::int32_t packed_sum = a[i] + b[i];
    if (!take(packed_sum, counts)) continue;
    const std::int32_t exponent = packed_sum >> 2;
    const auto remainder = static_cast<unsigned>(geometry_.remainder(exponent));
    // Nothing is dropped between bin and accumulator, so the order of the exact sums does not matter.
    wide_add(accumulator, (packed_sum & 1) != 0, geometry_.converter.linear(remainder),
             static_cast<unsigned>(geometry_.octave(exponent) - geometry_.lowest_octave));
  }
}

}  // namespace lnsim::arith
