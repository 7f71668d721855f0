#include "models/arith/float_switching.h"

#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

#include "models/arith/booth_multiples.h"
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
  bool negative = false;
  bool live = false;  // not zero
};

Factor factor_of(const FloatOperand& x, const MinifloatLayout& layout) {
  const bool negative = (x.flags & kFloatNegative) != 0, live = (x.flags & (kFloatZero | kFloatPadding)) == 0;
  if (x.significand == 0) return {0, 0, negative, live};
  return {x.significand, static_cast<std::int16_t>(x.exponent + static_cast<int>(layout.mantissa_bits)),
          negative, live};
}

struct Operands {
  explicit Operands(std::size_t size) : codes(size), new_codes(size), factors(size) {}

  // Puts operands in place of those before; how many bits of their codes differ.
  std::uint64_t exchange(const FloatOperand* operands, const MinifloatLayout& layout) {
    for (std::size_t i = 0; i < codes.size(); ++i) {
      new_codes[i] = code_of(operands[i], layout);
      factors[i] = factor_of(operands[i], layout);
    }
    const std::uint64_t differing = count_differing_bits(new_codes.data(), codes.data(), codes.size());
    std::swap(codes, new_codes);
    return differing;
  }

  std::vector<std::uint32_t> codes;
  std::vector<std::uint32_t> new_codes;
  std::vector<Factor> factors;
};

// Words of one kind, and how many of their bits have toggled.
class Toggling {
 public:
  explicit Toggling(std::size_t words) : words_(words), toggled_(words) {}

  void put(std::size_t at, std::uint64_t word) {
    toggled_[at] = words_[at] ^ word;
    words_[at] = word;
  }
  std::uint64_t toggled_bits() const { return count_bits(toggled_.data(), toggled_.size()); }

 private:
  std::vector<std::uint64_t> words_;
  std::vector<std::uint64_t> toggled_;
};

class FloatSwitching final : public SwitchingCounter {
 public:
  FloatSwitching(const MinifloatLayout& a, const MinifloatLayout& b, unsigned alignment_bits, unsigned lanes,
                 unsigned vector_size)
      : layout_a_(a),
        layout_b_(b),
        alignment_bits_(alignment_bits),
        product_bits_(a.mantissa_bits + b.mantissa_bits + 2),
        sum_mask_(~std::uint64_t{0} >> (63 - alignment_bits - std::bit_width(vector_size - 1))),
        lanes_(lanes),
        size_(vector_size),
        held_(lanes, vector_size, vector_size, FloatOperand{0, kFloatNoExponent, kFloatPadding}),
        a_(lanes_ * size_),
        b_(size_),
        multiples_({a.mantissa_bits + 1, b.mantissa_bits + 1, false}, lanes_, size_),
        aligned_(size_),
        products_(lanes_ * size_),
        signs_(lanes_ * size_),
        distances_(lanes_ * size_),
        terms_(lanes_ * size_),
        trees_(lanes_),
        sums_(lanes_),
        augends_(lanes_) {}

  void beat(const std::byte* a, const std::byte* b, unsigned rows, const std::byte* before,
            const std::byte* after, SwitchingCounts& counts) override {
    if (held_.take(reinterpret_cast<const FloatOperand*>(a), rows)) {
      counts[Switching::operand_a_bits] += a_.exchange(held_.all().data(), layout_a_);
      for (std::size_t at = 0; at < lanes_ * size_; ++at)
        multiples_.set_factor(at / size_, at % size_, a_.factors[at].significand);
    }
    counts[Switching::operand_b_bits] +=
        lanes_ * b_.exchange(reinterpret_cast<const FloatOperand*>(b), layout_b_);
    for (std::size_t i = 0; i < size_; ++i) multiples_.set_digits(i, b_.factors[i].significand);
    counts[Switching::multiple_bits] += multiples_.toggled_bits();

    const auto* const augends = reinterpret_cast<const std::uint32_t*>(before);
    const auto* const results = reinterpret_cast<const std::uint32_t*>(after);
    for (std::size_t lane = 0; lane < lanes_; ++lane) {
      const std::int64_t sum = put_products(lane, counts);
      const std::uint32_t augend = lane < rows ? augends[lane] : 0;
      augends_.put(lane, augend);
      counts[Switching::additions] += sum != 0 && (augend & ~kSignBit) != 0 ? 1 : 0;
    }
    counts[Switching::product_bits] += products_.toggled_bits();
    counts[Switching::sign_bits] += signs_.toggled_bits();
    counts[Switching::distance_bits] += distances_.toggled_bits();
    counts[Switching::term_bits] += terms_.toggled_bits();
    counts[Switching::tree_bits] += trees_.toggled_bits();
    counts[Switching::sum_bits] += sums_.toggled_bits();
    counts[Switching::augend_bits] += augends_.toggled_bits();
    counts[Switching::accumulator_bits] += count_differing_bits(augends, results, rows);
  }

 private:
  static constexpr std::uint32_t kSignBit = std::uint32_t{1} << 31;
  static constexpr unsigned kSumSignificandBits = 51;

  // A product with its leading one in the top bit of product_bits_.
  struct Aligned {
    std::uint64_t significand = 0;  // 0: none
    int exponent = 0;               // of the leading one
  };

  static std::uint64_t exponent_word(int exponent) {
    return static_cast<std::uint64_t>(exponent) & ((1u << kExponentBits) - 1);
  }

  // The products of a lane, aligned, and their sum.
  std::int64_t put_products(std::size_t lane, SwitchingCounts& counts) {
    int highest = kNoExponent;
    for (std::size_t i = 0; i < size_; ++i) {
      const Factor &x = a_.factors[lane * size_ + i], &y = b_.factors[i];
      counts[Switching::live_products] += x.live && y.live ? 1 : 0;
      const std::uint64_t product = std::uint64_t{x.significand} * y.significand;
      const int exponent = x.exponent + y.exponent;
      products_.put(lane * size_ + i,
                    product == 0 ? 0 : exponent_word(exponent) << kSignificandBits | product);
      const unsigned carry = static_cast<unsigned>(product >> (product_bits_ - 1));
      aligned_[i] = {carry != 0 ? product : product << 1, exponent + static_cast<int>(carry)};
      if (product != 0) highest = std::max(highest, aligned_[i].exponent);
    }
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < size_; ++i) sum += put_term(lane, i, highest);
    trees_.put(lane, static_cast<std::uint64_t>(sum) & sum_mask_);
    sums_.put(lane, sum_word(sum, highest));
    return sum;
  }

  std::int64_t put_term(std::size_t lane, std::size_t i, int highest) {
    const std::size_t at = lane * size_ + i;
    const Aligned& product = aligned_[i];
    const bool negative = a_.factors[at].negative != b_.factors[i].negative;
    const unsigned distance =
        product.significand == 0
            ? alignment_bits_
            : std::min(static_cast<unsigned>(highest - product.exponent), alignment_bits_);
    const std::uint64_t top = alignment_bits_ >= product_bits_
                                  ? product.significand << (alignment_bits_ - product_bits_)
                                  : product.significand >> (product_bits_ - alignment_bits_);
    const auto kept = static_cast<std::int64_t>(top >> distance);
    const std::uint64_t term_mask = (std::uint64_t{2} << alignment_bits_) - 1;
    const std::uint64_t inverted = negative && product.significand != 0 ? term_mask : 0;
    signs_.put(at, negative ? 1 : 0);
    distances_.put(at, distance);
    terms_.put(at, static_cast<std::uint64_t>(kept) ^ inverted);
    return negative ? -kept : kept;
  }

  // highest: exponent of the bit below the terms' signs.
  std::uint64_t sum_word(std::int64_t sum, int highest) const {
    if (sum == 0) return 0;
    const std::uint64_t magnitude = static_cast<std::uint64_t>(sum < 0 ? -sum : sum);
    const int bits = static_cast<int>(std::bit_width(magnitude));
    const int exponent = highest + bits - static_cast<int>(alignment_bits_);
    const std::uint64_t significand = magnitude << (64 - bits) >> (64 - kSumSignificandBits);
    return (sum < 0 ? std::uint64_t{1} << 63 : 0) | exponent_word(exponent) << kSumSignificandBits |
           significand;
  }

  static constexpr int kNoExponent = -(1 << 20);

  MinifloatLayout layout_a_;
  MinifloatLayout layout_b_;
  unsigned alignment_bits_;
  unsigned product_bits_;   // of two significands
  std::uint64_t sum_mask_;  // the bits of a sum of terms
  std::size_t lanes_;
  std::size_t size_;  // of a vector
  HeldRows<FloatOperand> held_;
  Operands a_;
  Operands b_;
  BoothMultiples multiples_;
  std::vector<Aligned> aligned_;  // of one lane
  // By lane and element:
  Toggling products_, signs_, distances_, terms_;
  // By lane:
  Toggling trees_, sums_, augends_;
};

}  // namespace

std::unique_ptr<SwitchingCounter> make_float_switching(const MinifloatLayout& a, const MinifloatLayout& b,
                                                       unsigned alignment_bits, unsigned lanes,
                                                       unsigned vector_size) {
  return std::make_unique<FloatSwitching>(a, b, alignment_bits, lanes, vector_size);
}

}  // namespace lnsim::arith
