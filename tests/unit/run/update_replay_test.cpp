// The recorded Madam steps of real trainings, replayed on codes: every new weight must be the recorded one.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "models/arith/number_format.h"
#include "models/update/update_rule.h"
#include "sim/run/trace/trace.h"

namespace lnsim {
namespace {

using arith::Code;

std::filesystem::path recorded(const std::string& name) {
  return std::filesystem::path(LNSIM_SOURCE_DIR "/../shared/data/operands") / name;
}

std::vector<Code> codes_of(const arith::NumberFormat& format, arith::Scale scale, const Tensor& tensor) {
  std::vector<Code> codes;
  arith::QuantiseCounts counts;
  for (const double x : tensor.values) codes.push_back(format.quantise(x, scale, counts));
  return codes;
}

// The recording keeps every sign and exponent, and zero beside them.
std::unique_ptr<const arith::NumberFormat> lns(unsigned bits, unsigned gamma) {
  arith::FormatParameters parameters;
  parameters.bits = bits;
  parameters.gamma = gamma;
  parameters.zero = arith::ZeroCode::flag;
  return arith::make_format(parameters);
}

void replay(const TensorStore& tensors, const UpdateRecord& record) {
  const auto weight =
      lns(static_cast<unsigned>(*record.store_bits), static_cast<unsigned>(*record.store_gamma));
  const auto gradient = lns(8, 8);
  const auto moment = arith::make_format({.kind = arith::FormatKind::fp32});
  const Tensor dw = tensors.read(record.dw);
  double largest = 0;
  for (const double x : dw.values) largest = std::max(largest, std::abs(x));

  OptimizerParameters optimizer;
  optimizer.beta = record.beta;
  optimizer.gradient_bound = record.gradient_bound;
  UpdateStep step;
  step.step = record.step;
  step.learning_rate = *record.learning_rate * record.learning_rate_scale;
  step.weight_scale = {*record.store_k};
  step.gradient_scale = gradient->scale_for(largest);

  std::vector<Code> weights = codes_of(*weight, step.weight_scale, tensors.read(record.w));
  std::vector<Code> state = codes_of(*moment, {}, tensors.read(record.v));
  const std::vector<Code> gradients = codes_of(*gradient, step.gradient_scale, dw);
  const std::vector<Code> expected = codes_of(*weight, step.weight_scale, tensors.read(record.out));
  UpdateCounts counts;
  make_update_rule(optimizer, {weight.get(), gradient.get(), moment.get()}, step)
      ->apply(0, weights, gradients, state, counts);

  ASSERT_EQ(weights.size(), expected.size());
  for (std::size_t i = 0; i < weights.size(); ++i)
    ASSERT_EQ(weights[i], expected[i]) << record.parameter << " element " << i;
  EXPECT_EQ(counts.values, weights.size());
  EXPECT_LT(counts.zero_steps, counts.values) << "nothing was tested";
}

TEST(UpdateReplay, all_recorded_madam_steps_are_reproduced_to_the_bit) {
  std::size_t replayed = 0;
  for (const char* name :
       {"mlp_digits_lns_madam.jsonl", "cnn_digits_lns_madam.jsonl", "trf_digits_lns_madam.jsonl"}) {
    if (!std::filesystem::exists(recorded(name)))
      GTEST_SKIP() << "needs the recorded trace " << recorded(name)
                   << ", which is not part of the source tree";
    const Trace trace = read_trace(recorded(name));
    const TensorStore tensors(trace);
    for (const TraceOperation& operation : trace.operations) {
      if (!operation.update || operation.update->rule != "madam_int") continue;
      replay(tensors, *operation.update);
      ++replayed;
    }
  }
  EXPECT_EQ(replayed, 24u);
}

}  // namespace
}  // namespace lnsim
