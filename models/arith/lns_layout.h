// The code of a logarithmic number and what becomes of exponents outside its range.
//
//   value = (-1)^sign * 2^((e + k) / gamma),  e in 0..top,  top = 2^(B-1) - 1,  k the scale
//
//   bit  B        B-1    B-2 .. 0
//        zero     sign   e              the zero bit exists with ZeroCode::flag only
//
// Zero: ZeroCode::reserved: sign 1, e 0, so that the smallest negative magnitude is e = 1. ZeroCode::flag:
// the zero bit alone. ZeroCode::none: there is none; an exact zero becomes +, e = 0.
//
// Out of range: above top saturates to top. Below the smallest exponent of its sign: Underflow::clamp takes
// that exponent, Underflow::flush takes zero. Each is counted.
#pragma once

#include <cstdint>

#include "models/arith/number_format.h"

namespace lnsim::arith {

// A code taken apart.
struct LnsNumber {
  bool zero = false;
  bool negative = false;      // false for zero
  std::int32_t exponent = 0;  // 0 for zero
  bool operator==(const LnsNumber&) const = default;
};

class LnsLayout {
 public:
  // Throws std::invalid_argument: not LNS, bits outside 2..16, gamma not a power of two up to 2048, or
  // Underflow::flush in a format without zero.
  explicit LnsLayout(const FormatParameters& parameters);

  unsigned bits() const { return bits_; }
  unsigned gamma() const { return 1u << log2_gamma_; }
  unsigned log2_gamma() const { return log2_gamma_; }
  std::int32_t top() const { return top_; }
  std::int32_t lowest(bool negative) const { return negative && zero_ == ZeroCode::reserved ? 1 : 0; }
  bool has_zero() const { return zero_ != ZeroCode::none; }
  unsigned storage_bits() const { return bits_ + (zero_ == ZeroCode::flag ? 1u : 0u); }
  Code zero_code() const { return zero_code_; }
  bool is_valid(Code code) const {
    return code >> bits_ == 0 || (zero_ == ZeroCode::flag && code == zero_code_);
  }

  LnsNumber decode(Code code) const {
    if (code == zero_code_ && has_zero()) return {true, false, 0};
    return {false, (code & sign_bit()) != 0, static_cast<std::int32_t>(code & (sign_bit() - 1))};
  }
  // exponent in lowest(negative)..top.
  Code encode(bool negative, std::int32_t exponent) const {
    return static_cast<Code>(exponent) | (negative ? sign_bit() : 0);
  }

  // The code of a non-zero number with this exponent, brought into range. Counts one value.
  Code fit(bool negative, std::int64_t exponent, QuantiseCounts& counts) const;
  // The code of an exact zero. Counts one value.
  Code fit_zero(QuantiseCounts& counts) const {
    ++counts.values;
    return zero_code_;
  }

 private:
  Code sign_bit() const { return Code{1} << (bits_ - 1); }

  unsigned bits_;
  unsigned log2_gamma_;
  std::int32_t top_;
  ZeroCode zero_;
  Underflow underflow_;
  Code zero_code_;
};

}  // namespace lnsim::arith
