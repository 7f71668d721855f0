// One tensor's update: formats, codes and state in one place.
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

#include "models/arith/number_format.h"
#include "models/update/update_rule.h"

namespace lnsim {

inline arith::FormatParameters lns_parameters(unsigned bits, unsigned gamma,
                                              arith::ZeroCode zero = arith::ZeroCode::reserved) {
  arith::FormatParameters parameters;
  parameters.bits = bits;
  parameters.gamma = gamma;
  parameters.zero = zero;
  return parameters;
}

inline arith::FormatParameters fp32_parameters() {
  return {.kind = arith::FormatKind::fp32};
}

struct UpdateHarness {
  UpdateHarness(const arith::FormatParameters& weight_format, const arith::FormatParameters& gradient_format,
                const arith::FormatParameters& moment_format)
      : weight(make_format(weight_format)),
        gradient(make_format(gradient_format)),
        moment(make_format(moment_format)) {}

  UpdateFormats formats() const { return {weight.get(), gradient.get(), moment.get()}; }

  UpdateCounts apply() {
    UpdateCounts counts;
    make_update_rule(optimizer, formats(), step)->apply(0, weights, gradients, state, counts);
    return counts;
  }

  // One parameter: its weight, gradient and state as values.
  void add(double w, double g, double first_state) {
    arith::QuantiseCounts counts;
    weights.push_back(weight->quantise(w, step.weight_scale, counts));
    gradients.push_back(gradient->quantise(g, step.gradient_scale, counts));
    state.push_back(moment->quantise(first_state, step.state_scales[0], counts));
  }

  std::unique_ptr<const arith::NumberFormat> weight, gradient, moment;
  OptimizerParameters optimizer;
  UpdateStep step;
  std::vector<arith::Code> weights, gradients, state;
};

inline float float_of(arith::Code code) {
  return std::bit_cast<float>(code);
}

}  // namespace lnsim
