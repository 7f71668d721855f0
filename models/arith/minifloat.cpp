#include "models/arith/minifloat.h"

#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace lnsim::arith {
namespace {

// |x| over the spacing of codes around it, as kept.rest with 64 bits of rest.
struct Split {
  Code base;           // magnitude code whose addition to `kept` gives the code below |x|
  std::uint64_t kept;  // leading one included
  std::uint64_t rest;
  bool sticky;
};

Split split(const MinifloatLayout& layout, const Normalised& x) {
  const int min_exponent = 1 - layout.bias();
  const int subnormal = x.exponent < min_exponent ? min_exponent - x.exponent : 0;
  const int dropped = 63 - static_cast<int>(layout.mantissa_bits) + subnormal;
  Split result{0, 0, 0, x.sticky};
  if (dropped < 64) {
    result.kept = x.significand >> dropped;
    result.rest = x.significand << (64 - dropped);
  } else if (dropped < 128) {
    const int below = dropped - 64;
    result.rest = x.significand >> below;
    result.sticky |= below > 0 && (x.significand << (64 - below)) != 0;
  } else {
    result.sticky = true;
  }
  if (subnormal == 0) result.base = static_cast<Code>(x.exponent - min_exponent) << layout.mantissa_bits;
  return result;
}

// Above this exponent every value is beyond the range, and codes would not fit their type.
bool beyond_range(const MinifloatLayout& layout, const Normalised& x) {
  return x.exponent > layout.bias() + 1;
}

std::string bits_of(Code value, unsigned width) {
  std::string text;
  for (unsigned i = width; i-- > 0;) text += (value >> i & 1) != 0 ? '1' : '0';
  return text;
}

class Minifloat final : public NumberFormat {
 public:
  explicit Minifloat(const FormatParameters& parameters)
      : parameters_(parameters), layout_(minifloat_layout(parameters)) {}

  const FormatParameters& parameters() const override { return parameters_; }
  std::string name() const override;
  unsigned storage_bits() const override { return layout_.bits(); }
  Code zero_code() const override { return 0; }
  bool is_valid(Code code) const override { return layout_.bits() == 32 || code >> layout_.bits() == 0; }
  int scale_grid() const override { return 1; }

  Scale scale_for(double max_magnitude) const override;
  Code quantise(double x, Scale scale, QuantiseCounts& counts) const override;
  Code quantise_stochastic(double x, Scale scale, std::uint32_t random,
                           QuantiseCounts& counts) const override;
  double value(Code code, Scale scale) const override;
  double relative_error_bound() const override {
    // Of normal numbers: half a spacing above a power of two, u / (1 + u) with u = 2^-(m+1).
    return 1.0 / (1.0 + static_cast<double>(std::uint64_t{2} << layout_.mantissa_bits));
  }
  std::vector<CodeField> fields(Code code) const override;
  Code next_up(Code code) const override { return next(code, 0); }
  Code next_down(Code code) const override { return next(code, layout_.sign_bit()); }

 private:
  Code finish(bool negative, const MinifloatLayout::Rounded& rounded, bool is_zero,
              QuantiseCounts& counts) const;
  // One step towards the infinity whose sign bit is `direction`.
  Code next(Code code, Code direction) const;

  FormatParameters parameters_;
  MinifloatLayout layout_;
};

std::string Minifloat::name() const {
  if (parameters_.kind != FormatKind::minifloat)
    return std::string(kFormatKindNames[static_cast<std::size_t>(parameters_.kind)]);
  return "e" + std::to_string(layout_.exponent_bits) + "m" + std::to_string(layout_.mantissa_bits);
}

Scale Minifloat::scale_for(double max_magnitude) const {
  if (max_magnitude == 0 || layout_.exponent_bits >= 8) return {};
  const Normalised top = layout_.value(layout_.max_finite());
  const Normalised x = from_double(max_magnitude);
  return {x.exponent - top.exponent + (x.significand > top.significand ? 1 : 0)};
}

Code Minifloat::quantise(double x, Scale scale, QuantiseCounts& counts) const {
  Normalised scaled = from_double(x);
  scaled.exponent -= scale.k;
  return finish(std::signbit(x), layout_.round(scaled), x == 0, counts);
}

Code Minifloat::quantise_stochastic(double x, Scale scale, std::uint32_t random,
                                    QuantiseCounts& counts) const {
  Normalised scaled = from_double(x);
  scaled.exponent -= scale.k;
  return finish(std::signbit(x), layout_.round_stochastic(scaled, random), x == 0, counts);
}

Code Minifloat::finish(bool negative, const MinifloatLayout::Rounded& rounded, bool is_zero,
                       QuantiseCounts& counts) const {
  ++counts.values;
  Code magnitude = rounded.magnitude;
  if (magnitude > layout_.max_finite()) {
    magnitude = layout_.max_finite();
    ++counts.saturated;
  }
  if (magnitude == 0 && !is_zero) ++counts.underflow_flushed;
  return magnitude | (negative ? layout_.sign_bit() : 0);
}

double Minifloat::value(Code code, Scale scale) const {
  if (layout_.is_nan(code)) return std::numeric_limits<double>::quiet_NaN();
  const bool negative = (code & layout_.sign_bit()) != 0;
  if (layout_.is_infinity(code))
    return negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  Normalised x = layout_.value(code);
  x.negative = negative;
  x.exponent += scale.k;
  return to_double(x);
}

Code Minifloat::next(Code code, Code direction) const {
  if (layout_.is_nan(code) || layout_.is_infinity(code)) return code;
  const Code magnitude = code & (layout_.sign_bit() - 1);
  const Code sign = code & layout_.sign_bit();
  if (magnitude == 0) return direction | 1;
  if (sign != direction) return sign | (magnitude - 1);
  return magnitude == layout_.max_finite() ? code : code + 1;
}

std::vector<CodeField> Minifloat::fields(Code code) const {
  const unsigned m = layout_.mantissa_bits;
  const Code sign = code >> (layout_.bits() - 1) & 1;
  const Code exponent = code >> m & ((Code{1} << layout_.exponent_bits) - 1);
  const Code fraction = code & ((Code{1} << m) - 1);
  std::string power;
  if (layout_.is_nan(code)) {
    power = "not a number";
  } else if (layout_.is_infinity(code)) {
    power = "infinity";
  } else if (exponent == 0) {
    power = (fraction == 0 ? "zero" : "subnormal, 2^" + std::to_string(1 - layout_.bias()));
  } else {
    power = "2^" + std::to_string(static_cast<int>(exponent) - layout_.bias());
  }
  std::vector<CodeField> result{{"sign", bits_of(sign, 1), sign != 0 ? "negative" : "positive"},
                                {"exponent", bits_of(exponent, layout_.exponent_bits), power}};
  if (m > 0)
    result.push_back(
        {"fraction", bits_of(fraction, m), std::to_string(fraction) + "/" + std::to_string(Code{1} << m)});
  return result;
}

}  // namespace

Code MinifloatLayout::nan() const {
  if (ocp_e4m3) return sign_bit() - 1;
  const Code infinity = max_finite() + 1;
  return mantissa_bits == 0 ? infinity : infinity | (Code{1} << (mantissa_bits - 1));
}

Normalised MinifloatLayout::value(Code code) const {
  const Code magnitude = code & (sign_bit() - 1);
  const Code field = magnitude >> mantissa_bits;
  const Code fraction = magnitude & ((Code{1} << mantissa_bits) - 1);
  const Code hidden = field == 0 ? 0 : Code{1} << mantissa_bits;
  const int exponent = field == 0 ? 0 : static_cast<int>(field) - 1;
  Normalised x = normalise(false, hidden | fraction, lsb_exponent() + exponent);
  x.negative = (code & sign_bit()) != 0;
  return x;
}

MinifloatLayout::Rounded MinifloatLayout::round(const Normalised& x) const {
  if (x.is_zero()) return {0, false};
  if (beyond_range(*this, x)) return {sign_bit() - 1, true};
  const Split s = split(*this, x);
  constexpr std::uint64_t kHalf = std::uint64_t{1} << 63;
  const bool odd = ((s.base + s.kept) & 1) != 0;
  const bool up = s.rest > kHalf || (s.rest == kHalf && (s.sticky || odd));
  const std::uint64_t rounded = s.kept + (up ? 1 : 0);
  return {static_cast<Code>(s.base + rounded), s.rest != 0 || s.sticky};
}

MinifloatLayout::Rounded MinifloatLayout::round_stochastic(const Normalised& x, std::uint32_t random) const {
  if (x.is_zero()) return {0, false};
  if (beyond_range(*this, x)) return {sign_bit() - 1, true};
  const Split s = split(*this, x);
  const std::uint64_t rounded = s.kept + (((s.rest >> 32) + random) >> 32);
  return {static_cast<Code>(s.base + rounded), s.rest != 0 || s.sticky};
}

bool is_minifloat(FormatKind kind) {
  return kind != FormatKind::lns && kind != FormatKind::integer;
}

MinifloatLayout minifloat_layout(const FormatParameters& parameters) {
  switch (parameters.kind) {
    case FormatKind::fp8_e4m3:
      return {4, 3, true};
    case FormatKind::fp8_e5m2:
      return {5, 2, false};
    case FormatKind::bf16:
      return {8, 7, false};
    case FormatKind::fp16:
      return {5, 10, false};
    case FormatKind::fp32:
      return {8, 23, false};
    case FormatKind::minifloat:
      if (parameters.exponent_bits < 2 || parameters.exponent_bits > 8)
        throw std::invalid_argument("minifloat: exponent_bits must be in 2..8");
      if (parameters.mantissa_bits > 23)
        throw std::invalid_argument("minifloat: mantissa_bits must be in 0..23");
      return {parameters.exponent_bits, parameters.mantissa_bits, false};
    case FormatKind::lns:
    case FormatKind::integer:
      break;
  }
  throw std::invalid_argument("not a minifloat format");
}

std::unique_ptr<const NumberFormat> make_minifloat(const FormatParameters& parameters) {
  return std::make_unique<const Minifloat>(parameters);
}

}  // namespace lnsim::arith
