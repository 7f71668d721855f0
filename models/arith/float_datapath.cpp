#include "models/arith/float_datapath.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "models/arith/float_beat.h"
#include "models/arith/float_switching.h"
#include "models/arith/minifloat.h"
#include "models/arith/softfloat_f32.h"

namespace lnsim::arith {
namespace {

constexpr std::int32_t kLowestOffset = -4096;

bool is_fp8(FormatKind kind) {
  return kind == FormatKind::fp8_e4m3 || kind == FormatKind::fp8_e5m2;
}

bool takes(DatapathKind datapath, FormatKind format) {
  switch (datapath) {
    case DatapathKind::fp32:
      return format == FormatKind::fp32;
    case DatapathKind::fp16:
      return format == FormatKind::fp16;
    case DatapathKind::bf16:
      return format == FormatKind::bf16;
    case DatapathKind::fp8_e4m3:
    case DatapathKind::fp8_e5m2:
      return is_fp8(format);
    case DatapathKind::lns:
    case DatapathKind::int8:
      break;
  }
  return false;
}

FloatOperand unpack(const MinifloatLayout& layout, Code code, std::int32_t scale_offset) {
  const auto negative = static_cast<std::uint16_t>((code & layout.sign_bit()) != 0 ? kFloatNegative : 0);
  const auto special = [&](FloatFlag flag) {
    return FloatOperand{0, kFloatNoExponent, static_cast<std::uint16_t>(negative | flag)};
  };
  if (layout.is_nan(code)) return special(kFloatNan);
  if (layout.is_infinity(code)) return special(kFloatInfinity);
  const Normalised x = layout.value(code);
  if (x.is_zero()) return special(kFloatZero);
  const unsigned significand_bits = layout.mantissa_bits + 1;
  return {static_cast<std::uint32_t>(x.significand >> (64 - significand_bits)),
          static_cast<std::int16_t>(x.exponent - static_cast<int>(layout.mantissa_bits) + scale_offset),
          negative};
}

class FloatDatapath final : public Datapath {
 public:
  FloatDatapath(const DatapathParameters& parameters, const NumberFormat& a, const NumberFormat& b)
      : parameters_(parameters), a_(minifloat_layout(a.parameters())), b_(minifloat_layout(b.parameters())) {}

  const DatapathParameters& parameters() const override { return parameters_; }
  unsigned accumulator_bits() const override { return 32; }
  std::size_t packed_bytes() const override { return sizeof(FloatOperand); }
  std::size_t accumulator_bytes() const override { return sizeof(std::uint32_t); }

  void pack_a(std::span<const Code> codes, std::int32_t scale_offset, std::byte* packed) const override {
    pack(a_, codes, scale_offset, packed);
  }
  void pack_b(std::span<const Code> codes, std::int32_t scale_offset, std::byte* packed) const override {
    pack(b_, codes, scale_offset, packed);
  }
  void pack_padding(std::size_t count, std::byte* packed) const override {
    std::fill_n(reinterpret_cast<FloatOperand*>(packed), count,
                FloatOperand{0, kFloatNoExponent, kFloatPadding});
  }
  void clear(std::byte* accumulators, std::size_t count) const override {
    std::fill_n(reinterpret_cast<std::uint32_t*>(accumulators), count, 0);
  }
  void beat(const std::byte* a, const std::byte* b, unsigned vector_size, unsigned lanes,
            std::byte* accumulators, DotCounts& counts) const override {
    const auto* rows = reinterpret_cast<const FloatOperand*>(a);
    const std::span vector(reinterpret_cast<const FloatOperand*>(b), vector_size);
    const std::span sums(reinterpret_cast<std::uint32_t*>(accumulators), lanes);
    switch (parameters_.float_accumulation) {
      case FloatAccumulation::fused:
        return beat_fused(rows, vector, sums, counts);
      case FloatAccumulation::per_step:
        return beat_per_step(rows, vector, sums, counts);
      case FloatAccumulation::aligned:
        return beat_aligned(rows, vector, sums, parameters_.alignment_bits, counts);
    }
  }
  double value(const std::byte* accumulator) const override { return f32_to_double(load(accumulator)); }
  Code emit(const std::byte* accumulator, Scale scale_a, Scale scale_b, const NumberFormat& output,
            Scale output_scale, QuantiseCounts& counts) const override;
  std::unique_ptr<SwitchingCounter> switching_counter(unsigned lanes, unsigned vector_size) const override {
    return make_float_switching(a_, b_, parameters_.alignment_bits, lanes, vector_size);
  }

 private:
  static F32 load(const std::byte* accumulator) {
    return {*reinterpret_cast<const std::uint32_t*>(accumulator)};
  }
  static void pack(const MinifloatLayout& layout, std::span<const Code> codes, std::int32_t scale_offset,
                   std::byte* packed);

  DatapathParameters parameters_;
  MinifloatLayout a_;
  MinifloatLayout b_;
};

void FloatDatapath::pack(const MinifloatLayout& layout, std::span<const Code> codes,
                         std::int32_t scale_offset, std::byte* packed) {
  if (scale_offset > 0 || scale_offset < kLowestOffset)
    throw std::invalid_argument("floating-point lanes: scale_offset must be in -4096..0");
  auto* operands = reinterpret_cast<FloatOperand*>(packed);
  for (const Code code : codes) *operands++ = unpack(layout, code, scale_offset);
}

Code FloatDatapath::emit(const std::byte* accumulator, Scale scale_a, Scale scale_b,
                         const NumberFormat& output, Scale output_scale, QuantiseCounts& counts) const {
  const F32 sum = load(accumulator);
  if (f32_is_nan(sum)) {
    ++counts.values;
    ++counts.saturated;
    const FormatParameters& format = output.parameters();
    return is_minifloat(format.kind) ? minifloat_layout(format).nan() : output.zero_code();
  }
  // The operands' scales are powers of two: moved into the output's scale they cost no rounding.
  constexpr std::int64_t kLimit = std::int64_t{1} << 28;
  const std::int64_t k =
      output_scale.k - std::int64_t{output.scale_grid()} * (std::int64_t{scale_a.k} + scale_b.k);
  if (f32_is_infinite(sum)) {
    constexpr double kLargest = std::numeric_limits<double>::max();
    return output.quantise(f32_is_negative(sum) ? -kLargest : kLargest, output.scale_for(1.0), counts);
  }
  return output.quantise(f32_to_double(sum), {static_cast<std::int32_t>(std::clamp(k, -kLimit, kLimit))},
                         counts);
}

}  // namespace

std::unique_ptr<const Datapath> make_float_datapath(const DatapathParameters& parameters,
                                                    const NumberFormat& a, const NumberFormat& b) {
  if (!takes(parameters.kind, a.parameters().kind) || !takes(parameters.kind, b.parameters().kind))
    throw std::invalid_argument("floating-point lanes: kind and operand formats must be of one family");
  if (parameters.alignment_bits < 8 || parameters.alignment_bits > 48)
    throw std::invalid_argument("floating-point lanes: alignment_bits must be in 8..48");
  return std::make_unique<const FloatDatapath>(parameters, a, b);
}

}  // namespace lnsim::arith
