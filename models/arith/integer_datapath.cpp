#include "models/arith/integer_datapath.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "models/arith/integer_format.h"
#include "models/arith/integer_switching.h"

namespace lnsim::arith {
namespace {

// No operand: the symmetric range never uses the most negative 16-bit number.
constexpr std::int16_t kPadding = std::numeric_limits<std::int16_t>::min();

// Elements whose sum of products fits 32 bits when the operand widths add up to 22 or less.
constexpr unsigned kChunk = 1024;

struct Dot {
  std::int64_t sum = 0;
  std::uint32_t products = 0;
  std::uint32_t nonzero = 0;
};

template <class Sum>
Dot dot(const std::int16_t* a, const std::int16_t* b, unsigned size) {
  Sum sum = 0;
  std::uint32_t products = 0, nonzero = 0;
  for (unsigned i = 0; i < size; ++i) {
    const bool real = (a[i] != kPadding) & (b[i] != kPadding);
    const Sum product = static_cast<Sum>(a[i]) * b[i];
    sum += real ? product : 0;
    products += real ? 1 : 0;
    nonzero += (real & (a[i] != 0) & (b[i] != 0)) ? 1 : 0;
  }
  return {sum, products, nonzero};
}

class IntegerDatapath final : public Datapath {
 public:
  IntegerDatapath(const DatapathParameters& parameters, const NumberFormat& a, const NumberFormat& b)
      : parameters_(parameters),
        a_bits_(a.parameters().bits),
        b_bits_(b.parameters().bits),
        exact_(parameters.accumulator == AccumulatorMode::exact),
        limit_(exact_ ? std::numeric_limits<std::int64_t>::max()
                      : (std::int64_t{1} << (parameters.accumulator_bits - 1)) - 1) {}

  const DatapathParameters& parameters() const override { return parameters_; }
  unsigned accumulator_bits() const override { return exact_ ? 64 : parameters_.accumulator_bits; }
  std::size_t packed_bytes() const override { return sizeof(std::int16_t); }
  std::size_t accumulator_bytes() const override { return sizeof(std::int64_t); }

  void pack_a(std::span<const Code> codes, std::int32_t scale_offset, std::byte* packed) const override {
    pack(a_bits_, codes, scale_offset, packed);
  }
  void pack_b(std::span<const Code> codes, std::int32_t scale_offset, std::byte* packed) const override {
    pack(b_bits_, codes, scale_offset, packed);
  }
  void pack_padding(std::size_t count, std::byte* packed) const override {
    std::fill_n(reinterpret_cast<std::int16_t*>(packed), count, kPadding);
  }
  void clear(std::byte* accumulators, std::size_t count) const override {
    std::fill_n(reinterpret_cast<std::int64_t*>(accumulators), count, 0);
  }
  void beat(const std::byte* a, const std::byte* b, unsigned vector_size, unsigned lanes,
            std::byte* accumulators, DotCounts& counts) const override;
  double value(const std::byte* accumulator) const override { return scaled_integer(load(accumulator), 0); }
  Code emit(const std::byte* accumulator, Scale scale_a, Scale scale_b, const NumberFormat& output,
            Scale output_scale, QuantiseCounts& counts) const override;
  std::unique_ptr<SwitchingCounter> switching_counter(unsigned lanes, unsigned vector_size) const override {
    return make_integer_switching({a_bits_, b_bits_, accumulator_bits(), kPadding}, lanes, vector_size);
  }

 private:
  static std::int64_t load(const std::byte* accumulator) {
    return *reinterpret_cast<const std::int64_t*>(accumulator);
  }
  static void pack(unsigned bits, std::span<const Code> codes, std::int32_t scale_offset, std::byte* packed);
  Dot beat_of_lane(const std::int16_t* a, const std::int16_t* b, unsigned vector_size) const;
  // |sum| < 2^62 + 2^62: the narrow widths end at 62 bits, a beat's sum is below 2^46.
  std::int64_t fit(std::int64_t sum, DotCounts& counts) const;

  DatapathParameters parameters_;
  unsigned a_bits_;
  unsigned b_bits_;
  bool exact_;
  std::int64_t limit_;
};

void IntegerDatapath::pack(unsigned bits, std::span<const Code> codes, std::int32_t scale_offset,
                           std::byte* packed) {
  if (scale_offset != 0) throw std::invalid_argument("integer lanes: scale_offset must be 0");
  auto* operands = reinterpret_cast<std::int16_t*>(packed);
  for (const Code code : codes) *operands++ = static_cast<std::int16_t>(integer_value(code, bits));
}

Dot IntegerDatapath::beat_of_lane(const std::int16_t* a, const std::int16_t* b, unsigned vector_size) const {
  Dot total;
  for (unsigned start = 0; start < vector_size; start += kChunk) {
    const unsigned size = std::min(kChunk, vector_size - start);
    const Dot part = a_bits_ + b_bits_ <= 22 ? dot<std::int32_t>(a + start, b + start, size)
                                             : dot<std::int64_t>(a + start, b + start, size);
    total.sum += part.sum;
    total.products += part.products;
    total.nonzero += part.nonzero;
  }
  return total;
}

std::int64_t IntegerDatapath::fit(std::int64_t sum, DotCounts& counts) const {
  const std::int64_t lowest = -limit_ - 1;
  if (sum >= lowest && sum <= limit_) return sum;
  ++counts.saturations;
  if (parameters_.overflow == Overflow::saturate) return sum < 0 ? lowest : limit_;
  const unsigned unused = 64 - parameters_.accumulator_bits;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) << unused) >> unused;
}

void IntegerDatapath::beat(const std::byte* a, const std::byte* b, unsigned vector_size, unsigned lanes,
                           std::byte* accumulators, DotCounts& counts) const {
  const auto* rows = reinterpret_cast<const std::int16_t*>(a);
  const auto* vector = reinterpret_cast<const std::int16_t*>(b);
  auto* sums = reinterpret_cast<std::int64_t*>(accumulators);
  for (unsigned lane = 0; lane < lanes; ++lane) {
    const Dot dot = beat_of_lane(rows + std::size_t{lane} * vector_size, vector, vector_size);
    counts.products += dot.products;
    counts.zero_products += dot.products - dot.nonzero;
    sums[lane] = fit(sums[lane] + dot.sum, counts);
  }
}

Code IntegerDatapath::emit(const std::byte* accumulator, Scale scale_a, Scale scale_b,
                           const NumberFormat& output, Scale output_scale, QuantiseCounts& counts) const {
  const std::int64_t sum = load(accumulator);
  const std::int64_t k = std::int64_t{scale_a.k} + scale_b.k;
  if (output.parameters().kind == FormatKind::integer) {
    // The same grid: one multiplication by the format's own constant.
    return output.quantise(scaled_integer(sum, 0), {static_cast<std::int32_t>(output_scale.k - k)}, counts);
  }
  return output.quantise(scaled_integer(sum, k), output_scale, counts);
}

}  // namespace

std::unique_ptr<const Datapath> make_integer_datapath(const DatapathParameters& parameters,
                                                      const NumberFormat& a, const NumberFormat& b) {
  if (parameters.kind != DatapathKind::int8 || a.parameters().kind != FormatKind::integer ||
      b.parameters().kind != FormatKind::integer)
    throw std::invalid_argument("integer lanes: kind must be int8 and both operand formats int");
  if (parameters.accumulator_bits < 8 || parameters.accumulator_bits > 62)
    throw std::invalid_argument("integer lanes: accumulator_bits must be in 8..62");
  return std::make_unique<const IntegerDatapath>(parameters, a, b);
}

}  // namespace lnsim::arith
