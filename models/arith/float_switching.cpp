#include "models/arith/float_switching.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "models/arith/count_bits.h"
#include "models/arith/float_beat.h"
#include "models/arith/held_rows.h"

namespace lnsim::arith {
namespace {

constexpr unsigned kSignificandBits = 48;  // of a product
constexpr unsigned kExponentBits = 12;

std::uint32_t code_of(const FloatOperand& x, const MinifloatLayout& layout) {
  if ((x.flags & kFloatPadding) != 0) return 0;
  const std::uint32_t sign = (x.flags & kFloatNegative) != 0 ? layout.sign_bit() : 0;
  if ((x.flags & kFloatNan) != 0) return layout.nan();
  if ((x.flags & kFloatInfinity) != 0) return sign | (layout.max_finite() + 1);
  if (x.significand == 0) return sign;
  const int field = x.exponent + static_cast<int>(layout.mantissa_bits) + layout.bias();
  if (field < 1) return sign | x.significand >> std::min(1 - field, 31);
  const std::uint32_t leading_one = std::uint32_t{1} << layout.mantissa_bits;
  return sign | static_cast<std::uint32_t>(field) << layout.mantissa_bits | (x.significand - leading_one);
}

// An operand as the multiplier takes it.
struct Factor {
  std::uint32_t significand = 0;
  std::int16_t exponent = 0;  // of the leading one
  std::uint16_t sign = 0;
};

Factor factor_of(const FloatOperand& x, const MinifloatLayout& layout) {
  if (x.significand == 0) return {};
  return {x.significand, static_cast<std::int16_t>(x.exponent + static_cast<int>(layout.mantissa_bits)),
          static_cast<std::uint16_t>((x.flags & kFloatNegative) != 0 ? 1 : 0)};
}

std::uint64_t product_of(const Factor& a, const Factor& b) {
  const std::uint64_t significand = std::uint64_t{a.significand} * b.significand;
  const auto exponent = static_cast<std::uint64_t>(a.exponent + b.exponent) & ((1u << kExponentBits) - 1);
  const std::uint64_t sign = a.sign ^ b.sign;
  const std::uint64_t word =
      sign << (kSignificandBits + kExponentBits) | exponent << kSignificandBits | significand;
  return significand == 0 ? 0 : word;
}

class FloatSwitching final : public SwitchingCounter {
 public:
  FloatSwitching(const MinifloatLayout& a, const MinifloatLayout& b, unsigned lanes, unsigned vector_size)
      : layout_a_(a),
        layout_b_(b),
        lanes_(lanes),
        size_(vector_size),
        held_(lanes, vector_size, vector_size, FloatOperand{0, kFloatNoExponent, kFloatPadding}),
        a_(lanes_ * size_),
        b_(size_),
        products_(lanes_ * size_),
        toggled_(lanes_ * size_),
        sums_(lanes_) {}

  void beat(const std::byte* a, const std::byte* b, unsigned rows, const std::byte* before,
            const std::byte* after, SwitchingCounts& counts) override {
    if (held_.take(reinterpret_cast<const FloatOperand*>(a), rows))
      counts[Switching::operand_a_bits] += a_.exchange(held_.all().data(), layout_a_);
    counts[Switching::operand_b_bits] +=
        lanes_ * b_.exchange(reinterpret_cast<const FloatOperand*>(b), layout_b_);
    count_products(counts);
    const auto* const old_sums = reinterpret_cast<const std::uint32_t*>(before);
    const auto* const new_sums = reinterpret_cast<const std::uint32_t*>(after);
    counts[Switching::accumulator_bits] += count_differing_bits(old_sums, new_sums, rows);
    counts[Switching::sum_bits] += count_differing_bits(sums_.data(), new_sums, rows);
    std::copy_n(new_sums, rows, sums_.data());
  }

 private:
  struct Operands {
    explicit Operands(std::size_t size) : codes(size), new_codes(size), factors(size), live(size) {}

    // Puts operands in place of those before; how many bits of their codes differ.
    std::uint64_t exchange(const FloatOperand* operands, const MinifloatLayout& layout) {
      for (std::size_t i = 0; i < codes.size(); ++i) {
        new_codes[i] = code_of(operands[i], layout);
        factors[i] = factor_of(operands[i], layout);
        live[i] = (operands[i].flags & (kFloatZero | kFloatPadding)) == 0 ? 1 : 0;
      }
      const std::uint64_t differing = count_differing_bits(new_codes.data(), codes.data(), codes.size());
      std::swap(codes, new_codes);
      return differing;
    }

    std::vector<std::uint32_t> codes;
    std::vector<std::uint32_t> new_codes;
    std::vector<Factor> factors;
    std::vector<std::uint8_t> live;  // 1: not zero
  };

  void count_products(SwitchingCounts& counts) {
    std::uint64_t live = 0;
    for (std::size_t lane = 0; lane < lanes_; ++lane) {
      for (std::size_t i = 0; i < size_; ++i) {
        const std::size_t at = lane * size_ + i;
        live += a_.live[at] & b_.live[i];
        const std::uint64_t product = product_of(a_.factors[at], b_.factors[i]);
        toggled_[at] = product ^ products_[at];
        products_[at] = product;
      }
    }
    counts[Switching::live_products] += live;
    counts[Switching::product_bits] += count_bits(toggled_.data(), toggled_.size());
  }

  MinifloatLayout layout_a_;
  MinifloatLayout layout_b_;
  std::size_t lanes_;
  std::size_t size_;  // of a vector
  HeldRows<FloatOperand> held_;
  Operands a_;
  Operands b_;
  std::vector<std::uint64_t> products_;  // of the beat before
  std::vector<std::uint64_t> toggled_;
  std::vector<std::uint32_t> sums_;
};

}  // namespace

std::unique_ptr<SwitchingCounter> make_float_switching(const MinifloatLayout& a, const MinifloatLayout& b,
                                                       unsigned lanes, unsigned vector_size) {
  return std::make_unique<FloatSwitching>(a, b, lanes, vector_size);
}

}  // namespace lnsim::arith
