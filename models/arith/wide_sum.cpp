#include "models/arith/wide_sum.h"

#include <bit>

namespace lnsim::arith {
namespace {

bool is_negative(std::span<const std::uint64_t> sum) {
  return !sum.empty() && (sum.back() >> 63) != 0;
}

// Reads the words of |sum| without a copy: -x = ~x + 1, and the carry of that + 1 runs up to the lowest
// non-zero word.
class Magnitude {
 public:
  explicit Magnitude(std::span<const std::uint64_t> sum) : sum_(sum), negative_(is_negative(sum)) {
    while (lowest_ < sum_.size() && sum_[lowest_] == 0) ++lowest_;
    for (std::size_t i = sum_.size(); i-- > lowest_;) {
      const std::uint64_t word = (*this)[i];
      if (word == 0) continue;
      top_bit_ = static_cast<int>(64 * i) + 63 - std::countl_zero(word);
      break;
    }
  }

  std::uint64_t operator[](std::size_t i) const {
    if (!negative_ || i < lowest_) return sum_[i];
    return i == lowest_ ? ~sum_[i] + 1 : ~sum_[i];
  }
  bool negative() const { return negative_; }
  int top_bit() const { return top_bit_; }
  // Whether a bit below position `bit` is set.
  bool any_below(int bit) const {
    const auto word = static_cast<std::size_t>(bit) / 64;
    if (lowest_ < word) return true;
    const std::uint64_t mask = (std::uint64_t{1} << (bit % 64)) - 1;
    return word < sum_.size() && ((*this)[word] & mask) != 0;
  }

 private:
  std::span<const std::uint64_t> sum_;
  bool negative_;
  std::size_t lowest_ = 0;
  int top_bit_ = -1;
};

}  // namespace

void wide_add(std::span<std::uint64_t> sum, std::span<const std::uint64_t> other) {
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < sum.size(); ++i) {
    const std::uint64_t partial = sum[i] + carry;
    carry = partial < carry ? 1 : 0;
    sum[i] = partial + other[i];
    carry += sum[i] < partial ? 1 : 0;
  }
}

void wide_negate(std::span<std::uint64_t> sum) {
  std::uint64_t carry = 1;
  for (std::uint64_t& word : sum) {
    word = ~word + carry;
    carry = carry != 0 && word == 0 ? 1 : 0;
  }
}

bool wide_is_zero(std::span<const std::uint64_t> sum) {
  for (const std::uint64_t word : sum)
    if (word != 0) return false;
  return true;
}

int wide_sign(std::span<const std::uint64_t> sum) {
  if (is_negative(sum)) return -1;
  return wide_is_zero(sum) ? 0 : 1;
}

int wide_top_bit(std::span<const std::uint64_t> sum) {
  return Magnitude(sum).top_bit();
}

int wide_compare(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) {
  if (is_negative(a) != is_negative(b)) return is_negative(a) ? -1 : 1;
  for (std::size_t i = a.size(); i-- > 0;)
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  return 0;
}

Normalised wide_normalise(std::span<const std::uint64_t> sum, int exponent_of_bit_0) {
  const Magnitude magnitude(sum);
  const int top = magnitude.top_bit();
  if (top < 0) return {};
  Normalised result{magnitude.negative(), false, top + exponent_of_bit_0, 0};
  const auto word = static_cast<std::size_t>(top) / 64;
  const int missing = 63 - top % 64;  // bits that the word below contributes
  result.significand = magnitude[word] << missing;
  if (word > 0) {
    if (missing > 0) result.significand |= magnitude[word - 1] >> (64 - missing);
    result.sticky = magnitude.any_below(top - 63);
  }
  return result;
}

Normalised from_double(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const auto field = static_cast<int>(bits >> 52 & 0x7ff);
  const std::uint64_t fraction = bits & 0xfffffffffffffu;
  const std::uint64_t hidden = field == 0 ? 0 : std::uint64_t{1} << 52;
  return normalise(bits >> 63 != 0, fraction | hidden, (field == 0 ? 1 : field) - 1075);
}

double to_double(const Normalised& x) {
  constexpr int kFraction = 52, kBias = 1023;
  const std::uint64_t sign = x.negative ? std::uint64_t{1} << 63 : 0;
  if (x.is_zero() || x.exponent < -1075) return std::bit_cast<double>(sign);
  if (x.exponent > kBias) return std::bit_cast<double>(sign | 0x7ff0000000000000u);
  // Bits dropped from the significand: 11 for normal numbers, more for subnormal ones, at most 64.
  const int subnormal = x.exponent < 1 - kBias ? 1 - kBias - x.exponent : 0;
  const int dropped = 63 - kFraction + subnormal;
  const std::uint64_t kept = dropped >= 64 ? 0 : x.significand >> dropped;
  const std::uint64_t rest = dropped >= 64 ? x.significand : x.significand << (64 - dropped);
  const bool above = rest > std::uint64_t{1} << 63 || (rest == std::uint64_t{1} << 63 && x.sticky);
  const bool tie = rest == std::uint64_t{1} << 63 && !x.sticky;
  const std::uint64_t rounded = kept + (above || (tie && (kept & 1) != 0) ? 1 : 0);
  // The leading one adds 1 to the exponent field, as does a carry out of the fraction.
  const std::uint64_t field = subnormal > 0 ? 0 : static_cast<std::uint64_t>(x.exponent + kBias - 1);
  return std::bit_cast<double>(sign | ((field << kFraction) + rounded));
}

double wide_to_double(std::span<const std::uint64_t> sum, int exponent_of_bit_0) {
  return to_double(wide_normalise(sum, exponent_of_bit_0));
}

}  // namespace lnsim::arith
