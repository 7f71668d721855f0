#include "tools/characterise/operand_stream.h"

#include <cmath>

#include "tools/characterise/random_reals.h"
#include "tools/characterise/recorded_stream.h"

namespace lnsim::characterise {
namespace {

using arith::Code;
using arith::NumberFormat;

// Random codes of one operand.
class CodeSource {
 public:
  CodeSource(const StreamParameters& stream, const arith::FormatParameters& format, double zeros)
      : stream_(stream), format_(arith::make_format(format)), zeros_(zeros) {
    // The top code stands for the magnitude that one of some 4000 normally distributed numbers exceeds.
    scale_ = format_->scale_for(std::exp2(3.5 * stream.sigma_octaves));
  }

  Code next(Random& random) {
    if (random.uniform() < zeros_) return format_->zero_code();
    return stream_.kind == StreamKind::uniform ? uniform(random) : log_normal(random);
  }

 private:
  Code uniform(Random& random) const {
    for (;;) {
      const auto code =
          static_cast<Code>(random.bits() & ((std::uint64_t{1} << format_->storage_bits()) - 1));
      if (format_->is_valid(code) && std::isfinite(format_->value(code, {}))) return code;
    }
  }
  Code log_normal(Random& random) const {
    const double magnitude = std::exp2(stream_.sigma_octaves * random.normal());
    arith::QuantiseCounts counts;
    return format_->quantise(random.bits() >> 63 != 0 ? -magnitude : magnitude, scale_, counts);
  }

  StreamParameters stream_;
  std::unique_ptr<const NumberFormat> format_;
  double zeros_;
  arith::Scale scale_;
};

class RandomStream final : public OperandStream {
 public:
  RandomStream(const StreamParameters& stream, const DesignParameters& design, std::uint64_t seed)
      : design_(design),
        beats_per_sum_(stream.beats_per_sum),
        random_(seed),
        a_(stream, format_a(design), stream.zeros_a),
        b_(stream, format_b(design), stream.zeros_b) {}

  Hold next() override {
    Hold hold;
    hold.first = held_++ % beats_per_sum_ == 0;
    for (unsigned i = 0; i < design_.vector_size; ++i) hold.a.push_back(a_.next(random_));
    for (unsigned i = 0; i < design_.vector_size * design_.collector_entries; ++i)
      hold.b.push_back(b_.next(random_));
    return hold;
  }

 private:
  DesignParameters design_;
  unsigned beats_per_sum_;
  Random random_;
  CodeSource a_, b_;
  std::uint64_t held_ = 0;
};

class ZeroStream final : public OperandStream {
 public:
  explicit ZeroStream(const DesignParameters& design) {
    hold_.a.assign(design.vector_size, arith::make_format(format_a(design))->zero_code());
    hold_.b.assign(design.vector_size * design.collector_entries,
                   arith::make_format(format_b(design))->zero_code());
  }
  Hold next() override { return hold_; }

 private:
  Hold hold_;
};

}  // namespace

std::unique_ptr<OperandStream> make_operand_stream(const StreamParameters& stream,
                                                   const DesignParameters& design, std::uint64_t seed,
                                                   const std::filesystem::path& folder) {
  if (stream.kind == StreamKind::recorded) return make_recorded_stream(stream, design, seed, folder);
  return std::make_unique<RandomStream>(stream, design, seed);
}

std::unique_ptr<OperandStream> make_zero_stream(const DesignParameters& design) {
  return std::make_unique<ZeroStream>(design);
}

}  // namespace lnsim::characterise
