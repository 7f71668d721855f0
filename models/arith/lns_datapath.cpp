#include "models/arith/lns_datapath.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "models/arith/lns_beat.h"
#include "models/arith/lns_emit.h"
#include "models/arith/lns_switching.h"
#include "models/arith/wide_sum.h"

namespace lnsim::arith {
namespace {

constexpr unsigned kSingleWordHeadroom = 22;  // log2 of the largest products that 64 exact bits must hold
constexpr unsigned kWideHeadroom = 40;

int lowest_offset(const NumberFormat& format) {
  return format.parameters().granularity == ScaleGranularity::tensor ? 0 : kLowestOffsetOctaves;
}

void check(const char* what, long long got, long long lowest, long long highest) {
  if (got < lowest || got > highest)
    throw std::invalid_argument(std::string("lns datapath: ") + what + ": got " + std::to_string(got) +
                                ", expected " + std::to_string(lowest) + ".." + std::to_string(highest));
}

const DatapathParameters& checked(const DatapathParameters& p, const LnsLayout& a, const LnsLayout& b) {
  if (p.kind != DatapathKind::lns) throw std::invalid_argument("lns datapath: not of the kind lns");
  check("accumulator_bits", p.accumulator_bits, 8, 62);
  check("lsb_octaves", p.lsb_octaves, 0, 8192);
  const unsigned grid = std::max(a.log2_gamma(), b.log2_gamma());
  for (const LnsLayout* layout : {&a, &b})
    check("aligned exponent", std::int64_t{layout->top()} << (grid - layout->log2_gamma()), 0,
          kPackedExponentLimit - 1);
  return p;
}

// Codes of one operand to packed numbers.
class Packer {
 public:
  Packer(const LnsLayout& layout, unsigned shift, int lowest_octave)
      : layout_(layout),
        shift_(shift),
        lowest_offset_(lowest_octave * static_cast<std::int32_t>(layout.gamma())) {}

  void pack(std::span<const Code> codes, std::int32_t scale_offset, std::byte* packed) const {
    check("scale_offset", scale_offset, lowest_offset_, 0);
    auto* out = reinterpret_cast<PackedLns*>(packed);
    for (const Code code : codes) {
      const LnsNumber x = layout_.decode(code);
      const std::int32_t exponent = (x.exponent + scale_offset) * (1 << shift_);
      *out++ = x.zero ? kPackedZero : 4 * exponent + (x.negative ? 1 : 0);
    }
  }

 private:
  LnsLayout layout_;
  unsigned shift_;
  std::int32_t lowest_offset_;
};

class LnsDatapath final : public Datapath {
 public:
  LnsDatapath(const DatapathParameters& parameters, const LnsLayout& a, int lowest_offset_a,
              const LnsLayout& b, int lowest_offset_b)
      : geometry_(checked(parameters, a, b), a, lowest_offset_a, b, lowest_offset_b),
        beat_(geometry_),
        emitter_(parameters, a, b),
        packer_a_(a, geometry_.shift_a, lowest_offset_a),
        packer_b_(b, geometry_.shift_b, lowest_offset_b) {
    if (exact()) {
      bits_ = beat_.product_bits() + 1 + kSingleWordHeadroom;
      if (bits_ > 64) bits_ = beat_.product_bits() + 1 + kWideHeadroom;
    } else {
      bits_ = parameters.accumulator_bits;
    }
    words_ = (bits_ + 63) / 64;
  }

  const DatapathParameters& parameters() const override { return geometry_.parameters; }
  unsigned accumulator_bits() const override { return bits_; }
  std::size_t packed_bytes() const override { return sizeof(PackedLns); }
  std::size_t accumulator_bytes() const override { return words_ * sizeof(std::uint64_t); }

  void pack_a(std::span<const Code> codes, std::int32_t scale_offset, std::byte* packed) const override {
    packer_a_.pack(codes, scale_offset, packed);
  }
  void pack_b(std::span<const Code> codes, std::int32_t scale_offset, std::byte* packed) const override {
    packer_b_.pack(codes, scale_offset, packed);
  }
  void pack_padding(std::size_t count, std::byte* packed) const override {
    std::fill_n(reinterpret_cast<PackedLns*>(packed), count, kPackedPadding);
  }
  void clear(std::byte* accumulators, std::size_t count) const override {
    std::fill_n(reinterpret_cast<std::uint64_t*>(accumulators), count * words_, 0);
  }
  void beat(const std::byte* a, const std::byte* b, unsigned vector_size, unsigned lanes,
            std::byte* accumulators, DotCounts& counts) const override {
    check("vector_size", vector_size, 0, kLongestVector);
    beat_.run(reinterpret_cast<const PackedLns*>(a), reinterpret_cast<const PackedLns*>(b), vector_size,
              lanes, reinterpret_cast<std::uint64_t*>(accumulators), words_, counts);
  }
  double value(const std::byte* accumulator) const override { return to_double(sum(accumulator)); }
  Code emit(const std::byte* accumulator, Scale scale_a, Scale scale_b, const NumberFormat& output,
            Scale output_scale, QuantiseCounts& counts) const override {
    return emitter_.emit(sum(accumulator), scale_a, scale_b, output, output_scale, counts);
  }
  std::unique_ptr<SwitchingCounter> switching_counter(unsigned lanes, unsigned vector_size) const override {
    check("vector_size", vector_size, 0, kLongestVector);
    return make_lns_switching(geometry_, bits_, lanes, vector_size);
  }

 private:
  bool exact() const { return geometry_.parameters.accumulator == AccumulatorMode::exact; }
  Normalised sum(const std::byte* accumulator) const {
    const std::span words(reinterpret_cast<const std::uint64_t*>(accumulator), words_);
    return wide_normalise(words, exact() ? beat_.exact_unit() : geometry_.lsb_octave);
  }

  LnsGeometry geometry_;
  LnsBeat beat_;
  LnsEmitter emitter_;
  Packer packer_a_;
  Packer packer_b_;
  unsigned bits_;
  std::size_t words_;
};

}  // namespace

std::unique_ptr<const Datapath> make_lns_datapath(const DatapathParameters& parameters, const NumberFormat& a,
                                                  const NumberFormat& b) {
  return std::make_unique<const LnsDatapath>(parameters, LnsLayout(a.parameters()), lowest_offset(a),
                                             LnsLayout(b.parameters()), lowest_offset(b));
}

}  // namespace lnsim::arith
