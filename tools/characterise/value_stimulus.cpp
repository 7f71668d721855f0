#include <algorithm>
#include <cmath>

#include "models/arith/lns_lane.h"
#include "models/arith/lns_layout.h"
#include "tools/characterise/random_reals.h"
#include "tools/characterise/stimulus.h"

namespace lnsim::characterise {
namespace {

class QuantiserStimulus final : public Stimulus {
 public:
  QuantiserStimulus(const DesignParameters& design, const StreamParameters& stream, std::uint64_t seed)
      : design_(design), stream_(stream), random_(seed) {}

  std::vector<PortValue> next() override {
    std::vector<PortValue> values{{"sum", {sum()}}};
    if (!started_) {
      started_ = true;
      values.push_back({"offset", {offset()}});
    }
    return values;
  }

 private:
  std::uint64_t sum() {
    const unsigned bits = design_.datapath.accumulator_bits;
    const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
    if (random_.uniform() < stream_.zeros_b) return 0;
    if (stream_.kind == StreamKind::uniform) return random_.bits() & mask;
    // The largest of some 4000 sums just fits.
    const double octaves = stream_.sigma_octaves * (random_.normal() - 3.5) + bits - 1;
    const double largest = std::exp2(bits - 1) - 1;
    const auto magnitude = static_cast<std::uint64_t>(std::min(std::nearbyint(std::exp2(octaves)), largest));
    return (random_.bits() >> 63 != 0 ? -magnitude : magnitude) & mask;
  }
  // The largest sum becomes the largest code.
  std::uint64_t offset() const {
    const arith::LnsLayout a(design_.operand_a), b(design_.operand_b);
    const int lsb = arith::LnsGeometry(design_.datapath, a, 0, b, 0).lsb_octave;
    const auto grid =
        static_cast<int>(std::max({design_.operand_a.gamma, design_.operand_b.gamma, design_.output.gamma}));
    const int top = (lsb + static_cast<int>(design_.datapath.accumulator_bits) - 1) * grid;
    const int largest =
        ((1 << (design_.output.bits - 1)) - 1) * (grid / static_cast<int>(design_.output.gamma));
    return static_cast<std::uint32_t>(largest - top);
  }

  DesignParameters design_;
  StreamParameters stream_;
  Random random_;
  bool started_ = false;
};

}  // namespace

void refuse_recorded(const DesignParameters& design, const StreamParameters& stream) {
  if (stream.kind != StreamKind::recorded) return;
  throw UserError(
      Diagnostic{{}, design.name, "the recorded stream " + stream.name, "a uniform or log-normal one"});
}

std::unique_ptr<Stimulus> make_quantiser_stimulus(const DesignParameters& design,
                                                  const StreamParameters& stream, std::uint64_t seed) {
  refuse_recorded(design, stream);
  return std::make_unique<QuantiserStimulus>(design, stream, seed);
}

}  // namespace lnsim::characterise
