// Real training steps with all their operands: what was recorded comes out again.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "sim/run/replay/replay.h"
#include "sim/run/replay/update_replay.h"
#include "sim/run/trace/trace.h"
#include "tests/unit/run/replay_player.h"

namespace lnsim {
namespace {

// A trace and how many products and weight updates with operands it has.
struct RecordedStep {
  const char* name;
  const char* path;  // below the source tree
  std::size_t products;
  std::size_t updates;
};

constexpr RecordedStep kSteps[] = {
    {"shipped_cnn", "/traces/digits-cnn.jsonl", 20, 7},
    {"mlp", "/../shared/data/operands/mlp_digits_lns_madam.jsonl", 8, 3},
    {"cnn", "/../shared/data/operands/cnn_digits_lns_madam.jsonl", 20, 7},
    {"transformer", "/../shared/data/operands/trf_digits_lns_madam.jsonl", 53, 14},
};

class RecordedSteps : public testing::TestWithParam<RecordedStep> {
 protected:
  void SetUp() override {
    path_ = std::string(LNSIM_SOURCE_DIR) + GetParam().path;
    if (!std::filesystem::exists(path_)) GTEST_SKIP() << "needs the recorded trace " << path_;
  }

  // Calls f(operation, replay, report) for every product, played tile by tile on this machine's arithmetic.
  template <class F>
  std::size_t for_each_product(const RunConfig& config, const F& f) const {
    const Trace trace = read_trace(path_);
    const TensorStore store(trace);
    std::size_t count = 0;
    for (const TraceOperation& operation : trace.operations) {
      if (!has_operands(operation)) continue;
      CompiledOperation compiled;
      compiled.products = products_of(operation);
      const auto replay = make_replay(operation, compiled, trace, store, config);
      const PeParameters& pe = config.machine.pe;
      const arith::DotCounts dot =
          test::play(*replay, compiled.products, pe, {.rows = 32, .columns = 16, .vectors = 64});
      f(operation, *replay, replay->report(dot));
      ++count;
    }
    return count;
  }

  std::filesystem::path path_;
};

// The recording's numerics: every sign and exponent, zero beside them, sums without loss.
RunConfig as_recorded() {
  RunConfig config;
  FormatsParameters& formats = config.machine.formats;
  for (arith::FormatParameters* format :
       {&formats.weight, &formats.activation, &formats.error, &formats.gradient, &formats.update}) {
    format->zero = arith::ZeroCode::flag;
    format->underflow = arith::Underflow::clamp;
  }
  config.machine.datapath.accumulator = arith::AccumulatorMode::exact;
  config.machine.datapath.constant_bits = 24;
  return config;
}

TEST_P(RecordedSteps, give_every_recorded_product_again_from_its_rounded_operands) {
  const std::size_t count = for_each_product(
      as_recorded(), [&](const TraceOperation& operation, const OperandReplay&, const NumericReport& r) {
        const std::string what =
            operation.layer + " " + std::string(kPassNames[static_cast<std::size_t>(operation.pass)]);
        // The recording summed in single precision.
        EXPECT_LT(*r.operands->relative_max_error(), 1e-6) << what;
        EXPECT_LT(*r.sums->relative_max_error(), 1e-6) << what;
        EXPECT_EQ(r.dot.saturations + r.dot.truncated_sums + r.dot.lost_products, 0u) << what;
      });
  EXPECT_EQ(count, GetParam().products);
}

TEST_P(RecordedSteps, keep_their_signal_on_the_default_machine) {
  for_each_product(
      RunConfig{}, [&](const TraceOperation& operation, const OperandReplay&, const NumericReport& r) {
        const std::string what =
            operation.layer + " " + std::string(kPassNames[static_cast<std::size_t>(operation.pass)]);
        EXPECT_GT(r.sums->sqnr_db.value_or(1000), 25) << what;
        EXPECT_GT(r.outputs->sqnr_db.value_or(1000), 25) << what;
        EXPECT_EQ(r.dot.saturations, 0u) << what;
      });
}

TEST_P(RecordedSteps, give_every_recorded_weight_again_to_the_bit) {
  const RunConfig config = as_recorded();
  const Trace trace = read_trace(path_);
  const TensorStore store(trace);
  std::size_t updates = 0;
  for (const TraceOperation& operation : trace.operations) {
    if (!has_update_operands(operation)) continue;
    const auto replay = make_update_replay(operation, trace, store, config);
    replay->update({.parameters = replay->weights().size()});
    const UpdateReport report = replay->report();
    EXPECT_EQ(report.rule, OptimizerKind::madam);
    EXPECT_EQ(report.differing_codes, 0u) << operation.layer;
    EXPECT_EQ(report.max_code_distance, 0u) << operation.layer;
    // The recorded values are in single precision.
    EXPECT_LT(*report.weights->relative_max_error(), 1e-6) << operation.layer;
    EXPECT_LT(report.counts.unchanged, report.counts.values) << operation.layer;
    EXPECT_EQ(report.gradient.saturated, 0u);
    ++updates;
  }
  EXPECT_EQ(updates, GetParam().updates);
}

// The recorded gradients of the updates are the recorded products' results, rounded to the nearest code in
// the log domain.
TEST_P(RecordedSteps, leave_the_post_processing_unit_as_the_rounded_gradients_of_their_updates) {
  RunConfig config = as_recorded();
  config.machine.datapath.midpoint = arith::Midpoint::geometric;
  config.machine.datapath.quantiser_bits = 24;
  const auto format = arith::make_format(config.machine.formats.gradient);
  const TensorStore store(read_trace(path_));
  std::size_t codes = 0, differing = 0;
  for_each_product(
      config, [&](const TraceOperation& operation, const OperandReplay& replay, const NumericReport& r) {
        if (r.output.kind != TensorKind::gradient) return;
        const Tensor rounded = store.read(operation.layer + "/dwq");
        ASSERT_EQ(rounded.values.size(), replay.outputs().size());
        arith::QuantiseCounts counts;
        for (std::size_t i = 0; i < rounded.values.size(); ++i, ++codes) {
          const arith::Code expected = format->quantise(rounded.values[i], replay.output_scale(), counts);
          differing += replay.outputs()[i] != expected ? 1 : 0;
        }
      });
  EXPECT_GT(codes, 0u);
  // Sums in single precision that fall on the other side of a midpoint.
  EXPECT_LE(differing, codes / 1000);
}

INSTANTIATE_TEST_SUITE_P(Traces, RecordedSteps, testing::ValuesIn(kSteps),
                         [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace lnsim
