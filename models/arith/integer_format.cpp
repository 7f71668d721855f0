#include "models/arith/integer_format.h"

#include <cmath>
#include <stdexcept>

#include "models/arith/lns_powers.h"
#include "models/arith/uint128.h"
#include "models/arith/wide_sum.h"

namespace lnsim::arith {
namespace {

// 2^(j / 256) in Q1.127.
Uint128 exp2_power(unsigned j) {
  return exp2_fraction(j * (kPowerGrid / kIntegerScaleGrid));
}

// k = 256 * octaves + j with 0 <= j < 256.
struct ScaleParts {
  int octaves;
  unsigned j;
};
ScaleParts parts_of(std::int64_t k) {
  return {static_cast<int>(k >> 8), static_cast<unsigned>(k & 0xff)};
}

class IntegerFormat final : public NumberFormat {
 public:
  explicit IntegerFormat(const FormatParameters& parameters)
      : parameters_(parameters), top_((std::uint32_t{1} << (parameters.bits - 1)) - 1) {}

  const FormatParameters& parameters() const override { return parameters_; }
  std::string name() const override { return "int" + std::to_string(parameters_.bits); }
  unsigned storage_bits() const override { return parameters_.bits; }
  Code zero_code() const override { return 0; }
  bool is_valid(Code code) const override { return code <= mask() && code != top_ + 1; }
  int scale_grid() const override { return kIntegerScaleGrid; }

  Scale scale_for(double max_magnitude) const override;
  Code quantise(double x, Scale scale, QuantiseCounts& counts) const override;
  Code quantise_stochastic(double x, Scale scale, std::uint32_t random,
                           QuantiseCounts& counts) const override;
  double value(Code code, Scale scale) const override;
  // From the smallest code on: the worst case is 1.5, which goes to 2.
  double relative_error_bound() const override { return 1.0 / 3.0; }
  std::vector<CodeField> fields(Code code) const override;
  Code next_up(Code code) const override { return encode(integer_value(code, parameters_.bits) + 1, code); }
  Code next_down(Code code) const override { return encode(integer_value(code, parameters_.bits) - 1, code); }

 private:
  Code mask() const { return 2 * top_ + 1; }
  Code encode(std::int32_t value, Code otherwise) const {
    const auto top = static_cast<std::int32_t>(top_);
    return value < -top || value > top ? otherwise : static_cast<Code>(value) & mask();
  }
  Code finish(const Normalised& x, std::uint64_t magnitude, QuantiseCounts& counts) const;

  FormatParameters parameters_;
  std::uint32_t top_;
};

// |x| * 2^(-k/256) as whole.rest, rest in units of 2^-64. From 2^32 on, beyond every code, whole is 2^32 - 1.
struct Quotient {
  std::uint64_t whole;
  std::uint64_t rest;
  bool sticky;
};
Quotient divide_by_scale(const Normalised& x, Scale scale) {
  if (x.is_zero()) return {0, 0, false};
  const ScaleParts parts = parts_of(-static_cast<std::int64_t>(scale.k));
  const Uint128 product = Uint128{x.significand} * exp2_constant(parts.j);
  const int exponent = x.exponent + parts.octaves;  // the weight of the product's bit 126
  if (exponent > 31) return {0xffffffffu, 0, false};
  if (exponent < -65) return {0, 0, true};
  const int below = 62 - exponent;  // bits below 2^-64
  const Uint128 shifted = product >> below;
  return {high64(shifted), low64(shifted), (product & ((Uint128{1} << below) - 1)) != 0};
}

Scale IntegerFormat::scale_for(double max_magnitude) const {
  if (max_magnitude == 0) return {};
  const Normalised max = from_double(max_magnitude);
  const auto fits = [&](std::int32_t k) {
    const Quotient q = divide_by_scale(max, {k});
    return q.whole < top_ || (q.whole == top_ && q.rest == 0 && !q.sticky);
  };
  // The quotient max / top lies within two octaves of the difference of their exponents.
  const int octave = max.exponent - (static_cast<int>(parameters_.bits) - 2);
  std::int32_t low = (octave - 2) * kIntegerScaleGrid, high = (octave + 2) * kIntegerScaleGrid;
  while (high - low > 1) {
    const std::int32_t middle = low + (high - low) / 2;
    (fits(middle) ? high : low) = middle;
  }
  return {high};
}

Code IntegerFormat::finish(const Normalised& x, std::uint64_t magnitude, QuantiseCounts& counts) const {
  ++counts.values;
  if (magnitude > top_) {
    magnitude = top_;
    ++counts.saturated;
  }
  if (magnitude == 0 && !x.is_zero()) ++counts.underflow_flushed;
  const auto code = static_cast<Code>(magnitude);
  return (x.negative ? Code{0} - code : code) & mask();
}

Code IntegerFormat::quantise(double x, Scale scale, QuantiseCounts& counts) const {
  const Normalised exact = from_double(x);
  const Quotient q = divide_by_scale(exact, scale);
  constexpr std::uint64_t kHalf = std::uint64_t{1} << 63;
  const bool up = q.rest > kHalf || (q.rest == kHalf && (q.sticky || (q.whole & 1) != 0));
  return finish(exact, q.whole + (up ? 1 : 0), counts);
}

Code IntegerFormat::quantise_stochastic(double x, Scale scale, std::uint32_t random,
                                        QuantiseCounts& counts) const {
  const Normalised exact = from_double(x);
  const Quotient q = divide_by_scale(exact, scale);
  return finish(exact, q.whole + (((q.rest >> 32) + random) >> 32), counts);
}

double IntegerFormat::value(Code code, Scale scale) const {
  return scaled_integer(integer_value(code, parameters_.bits), scale.k);
}

std::vector<CodeField> IntegerFormat::fields(Code code) const {
  std::string bits;
  for (unsigned i = parameters_.bits; i-- > 0;) bits += (code >> i & 1) != 0 ? '1' : '0';
  return {{"integer", bits, std::to_string(integer_value(code, parameters_.bits))}};
}

}  // namespace

std::uint64_t exp2_constant(unsigned j) {
  const Uint128 power = exp2_power(j);
  return high64(power) + (low64(power) >> 63);
}

double scaled_integer(std::int64_t value, std::int64_t k) {
  const bool negative = value < 0;
  const std::uint64_t magnitude =
      negative ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  if (magnitude == 0) return 0;
  const ScaleParts parts = parts_of(k);
  const Uint128 power = exp2_power(parts.j);
  const int zeros = std::countl_zero(magnitude);
  // 64 bits times 128 bits, upper 128 bits: Q2.126.
  const Uint128 significand = Uint128{magnitude << zeros} << 64;
  const Uint128 product = multiply_high(significand, power);
  const int top = countl_zero(product);
  const Uint128 shifted = product << top;
  const int exponent = 63 - zeros + parts.octaves + 1 - top;
  return to_double({negative, low64(shifted) != 0, exponent, high64(shifted)});
}

std::unique_ptr<const NumberFormat> make_integer(const FormatParameters& parameters) {
  if (parameters.kind != FormatKind::integer) throw std::invalid_argument("not an integer format");
  if (parameters.bits < 2 || parameters.bits > 16) throw std::invalid_argument("int: bits must be in 2..16");
  return std::make_unique<const IntegerFormat>(parameters);
}

}  // namespace lnsim::arith
