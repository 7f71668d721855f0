#include <bit>
#include <cmath>

#include "models/arith/wide_sum.h"
#include "models/parameters.h"
#include "tools/characterise/packed_words.h"
#include "tools/characterise/random_reals.h"
#include "tools/characterise/stimulus.h"
#include "tools/characterise/verilog_tables.h"

namespace lnsim::characterise {
namespace {

constexpr double kStep = 100;

std::uint64_t single(double x) {
  return std::bit_cast<std::uint32_t>(static_cast<float>(x));
}

class UpdateStimulus final : public Stimulus {
 public:
  UpdateStimulus(const DesignParameters& design, const StreamParameters& stream, std::uint64_t seed)
      : design_(design),
        stream_(stream),
        random_(seed),
        gradient_(arith::make_format(design.gradient)),
        gradient_scale_(gradient_->scale_for(largest())) {
    arith::FormatParameters stored = design.stored;
    if (design.unit != Unit::madam_lane) stored.kind = arith::FormatKind::fp32;
    weight_ = arith::make_format(stored);
    weight_scale_ = weight_->scale_for(largest());
  }

  std::vector<PortValue> next() override {
    std::vector<PortValue> values;
    if (!started_) {
      started_ = true;
      values = constants();
    }
    values.push_back({"weight", {code(*weight_, weight_scale_)}});
    const bool zero = random_.uniform() < stream_.zeros_a;
    values.push_back({"gradient", {zero ? gradient_->zero_code() : code(*gradient_, gradient_scale_)}});
    add_moments(values);
    return values;
  }

 private:
  // What one of some 4000 normally distributed logarithms exceeds.
  double largest() const { return std::exp2(3.5 * stream_.sigma_octaves); }
  double real() {
    const double magnitude = std::exp2(stream_.sigma_octaves * random_.normal());
    return random_.bits() >> 63 != 0 ? -magnitude : magnitude;
  }
  arith::Code code(const arith::NumberFormat& format, arith::Scale scale) {
    arith::QuantiseCounts counts;
    if (stream_.kind == StreamKind::log_normal) return format.quantise(real(), scale, counts);
    for (;;) {
      const auto code = static_cast<arith::Code>(random_.bits() >> (64 - format.storage_bits()));
      if (format.is_valid(code) && std::isfinite(format.value(code, {}))) return code;
    }
  }
  // The mean of the squares of as many gradients as the decay averages over varies little beside one
  // parameter's gradient scale, which varies as much as gradients do. A sum with decaying weights of
  // gradients with random signs has their size times the root of the sum of squared weights.
  void add_moments(std::vector<PortValue>& values) {
    const double scale = real(), decay = optimizer_.momentum;
    const std::uint64_t second = single(correction(optimizer_.beta) * scale * scale);
    const double sum = scale * random_.normal() / std::sqrt(1 - decay * decay);
    if (design_.unit == Unit::madam_lane) {
      values.push_back({"moment", {second}});
    } else if (design_.unit == Unit::sgd_lane) {
      values.push_back({"moment", {single(sum)}});
    } else {
      values.push_back({"first", {single((1 - decay) * sum)}});
      values.push_back({"second", {second}});
    }
  }

  static double correction(double decay) { return 1 - std::pow(decay, kStep); }

  std::vector<PortValue> constants() const {
    const double beta = optimizer_.beta, momentum = optimizer_.momentum;
    std::vector<PortValue> values{
        {"reset", {0}}, {"valid", {1}}, {"gradient_scale", {static_cast<std::uint32_t>(gradient_scale_.k)}}};
    const auto add = [&](const char* port, std::uint64_t word) { values.push_back({port, {word}}); };
    if (design_.unit != Unit::sgd_lane) {
      add("beta", single(beta));
      add("one_minus_beta", single(1 - beta));
    }
    if (design_.unit == Unit::madam_lane) {
      add("log2_correction", madam_correction(arith::from_double(correction(beta))));
      values.push_back({"steps", steps()});
      return values;
    }
    add("momentum", single(momentum));
    add("minus_rate", single(-optimizer_.learning_rate));
    if (design_.unit == Unit::adam_lane) {
      add("one_minus_momentum", single(1 - momentum));
      add("first_correction", single(correction(momentum)));
      add("second_correction", single(correction(beta)));
      add("epsilon", single(optimizer_.epsilon));
    }
    return values;
  }
  std::vector<std::uint64_t> steps() const {
    PackedWords steps;
    for (unsigned g = 0; g <= madam_largest(design_.gradient_bound); ++g) {
      const double exact = optimizer_.learning_rate * design_.stored.gamma * g;
      steps.append(static_cast<std::uint64_t>(std::nearbyint(exact)), 18);
    }
    return steps.words();
  }

  DesignParameters design_;
  StreamParameters stream_;
  OptimizerParameters optimizer_;
  Random random_;
  std::unique_ptr<const arith::NumberFormat> weight_, gradient_;
  arith::Scale weight_scale_, gradient_scale_;
  bool started_ = false;
};

}  // namespace

std::unique_ptr<Stimulus> make_update_stimulus(const DesignParameters& design, const StreamParameters& stream,
                                               std::uint64_t seed) {
  refuse_recorded(design, stream);
  return std::make_unique<UpdateStimulus>(design, stream, seed);
}

}  // namespace lnsim::characterise
