#include <algorithm>
#include <bit>
#include <cmath>

#include "models/arith/lns_lane.h"
#include "models/arith/lns_layout.h"
#include "models/arith/wide_sum.h"
#include "tools/characterise/packed_words.h"
#include "tools/characterise/random_reals.h"
#include "tools/characterise/stimulus.h"
#include "tools/characterise/verilog_tables.h"

namespace lnsim::characterise {
namespace {

void refuse_recorded(const DesignParameters& design, const StreamParameters& stream) {
  if (stream.kind != StreamKind::recorded) return;
  throw UserError(
      Diagnostic{{}, design.name, "the recorded stream " + stream.name, "a uniform or log-normal one"});
}

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

// As optimizers begin: the learning rate, decay and bias correction of a step.
constexpr double kLearningRate = 1.0 / 128, kBeta = 0.999;
constexpr double kStep = 100;

class MadamStimulus final : public Stimulus {
 public:
  MadamStimulus(const DesignParameters& design, const StreamParameters& stream, std::uint64_t seed)
      : design_(design),
        stream_(stream),
        random_(seed),
        weight_(arith::make_format(design.stored)),
        gradient_(arith::make_format(design.gradient)),
        weight_scale_(weight_->scale_for(std::exp2(3.5 * stream.sigma_octaves))),
        gradient_scale_(gradient_->scale_for(std::exp2(3.5 * stream.sigma_octaves))) {}

  std::vector<PortValue> next() override {
    std::vector<PortValue> values;
    if (!started_) {
      started_ = true;
      values = constants();
    }
    arith::QuantiseCounts counts;
    const double gradient = random_.uniform() < stream_.zeros_a ? 0.0 : real();
    values.push_back({"weight", {weight(counts)}});
    values.push_back({"gradient", {gradient_->quantise(gradient, gradient_scale_, counts)}});
    values.push_back({"moment", {moment()}});
    return values;
  }

 private:
  double real() {
    const double magnitude = std::exp2(stream_.sigma_octaves * random_.normal());
    return random_.bits() >> 63 != 0 ? -magnitude : magnitude;
  }
  arith::Code weight(arith::QuantiseCounts& counts) {
    if (stream_.kind == StreamKind::log_normal) return weight_->quantise(real(), weight_scale_, counts);
    for (;;) {
      const auto code = static_cast<arith::Code>(random_.bits() & ((1u << weight_->storage_bits()) - 1));
      if (weight_->is_valid(code)) return code;
    }
  }
  // The mean of the squares of as many gradients as the decay averages over varies little beside one
  // parameter's gradient scale, which varies as much as gradients do.
  std::uint64_t moment() {
    const double scale = real();
    return std::bit_cast<std::uint32_t>(static_cast<float>((1 - std::pow(kBeta, kStep)) * scale * scale));
  }
  std::vector<PortValue> constants() const {
    const unsigned largest = madam_largest(design_.gradient_bound);
    PackedWords steps;
    for (unsigned g = 0; g <= largest; ++g)
      steps.append(static_cast<std::uint64_t>(std::nearbyint(kLearningRate * design_.stored.gamma * g)), 18);
    const double correction = 1 - std::pow(kBeta, kStep);
    return {{"reset", {0}},
            {"valid", {1}},
            {"gradient_scale", {static_cast<std::uint32_t>(gradient_scale_.k)}},
            {"beta", {std::bit_cast<std::uint32_t>(static_cast<float>(kBeta))}},
            {"one_minus_beta", {std::bit_cast<std::uint32_t>(static_cast<float>(1 - kBeta))}},
            {"log2_correction", {madam_correction(arith::from_double(correction))}},
            {"steps", steps.words()}};
  }

  DesignParameters design_;
  StreamParameters stream_;
  Random random_;
  std::unique_ptr<const arith::NumberFormat> weight_, gradient_;
  arith::Scale weight_scale_, gradient_scale_;
  bool started_ = false;
};

}  // namespace

std::unique_ptr<Stimulus> make_quantiser_stimulus(const DesignParameters& design,
                                                  const StreamParameters& stream, std::uint64_t seed) {
  refuse_recorded(design, stream);
  return std::make_unique<QuantiserStimulus>(design, stream, seed);
}

std::unique_ptr<Stimulus> make_madam_stimulus(const DesignParameters& design, const StreamParameters& stream,
                                              std::uint64_t seed) {
  refuse_recorded(design, stream);
  return std::make_unique<MadamStimulus>(design, stream, seed);
}

}  // namespace lnsim::characterise
