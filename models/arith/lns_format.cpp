#include "models/arith/lns_format.h"

#include <string>
#include <utility>

#include "models/arith/lns_layout.h"
#include "models/arith/lns_powers.h"
#include "models/arith/lns_scale.h"
#include "models/arith/lns_thresholds.h"
#include "models/arith/log2_fixed.h"
#include "models/arith/wide_sum.h"

namespace lnsim::arith {
namespace {

// Halfway between codes in the log domain: 2^((2j+1) / (2 gamma)).
OctaveThresholds log_midpoints(unsigned log2_gamma) {
  const unsigned half_step = kPowerGrid >> (log2_gamma + 1);
  std::vector<std::uint64_t> thresholds;
  for (unsigned j = 0; j < 1u << log2_gamma; ++j) thresholds.push_back(exp2_ceiling((2 * j + 1) * half_step));
  return {std::move(thresholds), log2_gamma};
}

std::string bits_of(Code value, unsigned width) {
  std::string text;
  for (unsigned i = width; i-- > 0;) text += (value >> i & 1) != 0 ? '1' : '0';
  return text;
}

class LnsFormat final : public NumberFormat {
 public:
  explicit LnsFormat(const FormatParameters& parameters)
      : parameters_(parameters), layout_(parameters), midpoints_(log_midpoints(layout_.log2_gamma())) {}

  const FormatParameters& parameters() const override { return parameters_; }
  std::string name() const override {
    return "lns" + std::to_string(layout_.bits()) + "g" + std::to_string(layout_.gamma());
  }
  unsigned storage_bits() const override { return layout_.storage_bits(); }
  Code zero_code() const override { return layout_.zero_code(); }
  bool is_valid(Code code) const override { return layout_.is_valid(code); }
  int scale_grid() const override { return static_cast<int>(layout_.gamma()); }

  Scale scale_for(double max_magnitude) const override;
  Code quantise(double x, Scale scale, QuantiseCounts& counts) const override;
  Code quantise_stochastic(double x, Scale scale, std::uint32_t random,
                           QuantiseCounts& counts) const override;
  double value(Code code, Scale scale) const override;
  double relative_error_bound() const override {
    // 2^(1 / (2 gamma)) - 1.
    const Uint128 power = exp2_fraction(kPowerGrid >> (layout_.log2_gamma() + 1));
    return to_double(normalise(false, high64(power << 1), -64));
  }
  std::vector<CodeField> fields(Code code) const override;
  Code next_up(Code code) const override { return neighbour(code, 1); }
  Code next_down(Code code) const override { return neighbour(code, -1); }

 private:
  // round(gamma * log2 of x), x non-zero.
  std::int64_t log2_nearest(const Normalised& x) const {
    return std::int64_t{x.exponent} * layout_.gamma() + midpoints_.count(x.significand);
  }
  Code neighbour(Code code, int direction) const;

  FormatParameters parameters_;
  LnsLayout layout_;
  OctaveThresholds midpoints_;
};

Scale LnsFormat::scale_for(double max_magnitude) const {
  if (max_magnitude == 0) return {};
  const auto k = static_cast<std::int32_t>(log2_nearest(from_double(max_magnitude)) - layout_.top());
  if (parameters_.scale == ScaleKind::grid) return {k};
  const auto gamma = static_cast<std::int32_t>(layout_.gamma());
  return {(k + gamma - 1) & -gamma};
}

Code LnsFormat::quantise(double x, Scale scale, QuantiseCounts& counts) const {
  const Normalised exact = from_double(x);
  if (exact.is_zero()) return layout_.fit_zero(counts);
  return layout_.fit(exact.negative, log2_nearest(exact) - scale.k, counts);
}

Code LnsFormat::quantise_stochastic(double x, Scale scale, std::uint32_t random,
                                    QuantiseCounts& counts) const {
  const Normalised exact = from_double(x);
  if (exact.is_zero()) return layout_.fit_zero(counts);
  // gamma * log2|x| with 32 fraction bits.
  const std::int64_t steps =
      log2_fixed(exact) >> (kLog2FractionBits - 32 - static_cast<int>(layout_.log2_gamma()));
  const std::int64_t exponent = (steps + random) >> 32;
  return layout_.fit(exact.negative, exponent - scale.k, counts);
}

double LnsFormat::value(Code code, Scale scale) const {
  const LnsNumber number = layout_.decode(code);
  if (number.zero) return 0;
  Normalised x = exp2_normalised(std::int64_t{number.exponent} + scale.k, layout_.log2_gamma());
  x.negative = number.negative;
  return to_double(x);
}

std::vector<CodeField> LnsFormat::fields(Code code) const {
  const LnsNumber number = layout_.decode(code);
  const unsigned exponent_bits = layout_.bits() - 1;
  const Code sign = code >> exponent_bits & 1;
  std::vector<CodeField> result;
  if (parameters_.zero == ZeroCode::flag)
    result.push_back({"zero", bits_of(code >> layout_.bits(), 1), number.zero ? "zero" : "not zero"});
  const bool reserved = number.zero && parameters_.zero == ZeroCode::reserved;
  result.push_back({"sign", bits_of(sign, 1), reserved ? "zero" : sign != 0 ? "negative" : "positive"});
  const Code exponent = code & ((Code{1} << exponent_bits) - 1);
  result.push_back({"exponent", bits_of(exponent, exponent_bits),
                    number.zero
                        ? "zero"
                        : "2^(" + std::to_string(exponent) + "/" + std::to_string(layout_.gamma()) + ")"});
  return result;
}

// Codes in order of value: rank e+1 for positive, -(e+1) for negative numbers, 0 for zero.
Code LnsFormat::neighbour(Code code, int direction) const {
  const LnsNumber number = layout_.decode(code);
  const std::int32_t rank = number.zero ? 0 : number.negative ? -number.exponent - 1 : number.exponent + 1;
  for (std::int32_t next = rank + direction; next >= -layout_.top() - 1 && next <= layout_.top() + 1;
       next += direction) {
    if (next == 0 && layout_.has_zero()) return layout_.zero_code();
    const bool negative = next < 0;
    const std::int32_t exponent = (negative ? -next : next) - 1;
    if (next != 0 && exponent >= layout_.lowest(negative)) return layout_.encode(negative, exponent);
  }
  return code;
}

}  // namespace

std::unique_ptr<const NumberFormat> make_lns(const FormatParameters& parameters) {
  return std::make_unique<const LnsFormat>(parameters);
}

}  // namespace lnsim::arith
