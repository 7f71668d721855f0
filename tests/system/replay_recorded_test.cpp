// Real training steps with all their operands: what was recorded comes out again.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "sim/run/replay.h"
#include "sim/run/trace.h"
#include "sim/run/update_replay.h"
#include "tests/unit/run/replay_player.h"

namespace lnsim {
namespace {

class RecordedSteps : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    path_ = std::filesystem::path(LNSIM_SOURCE_DIR "/../shared/data/operands") /
            (GetParam() + "_digits_lns_madam.jsonl");
    if (!std::filesystem::exists(path_)) {
      GTEST_SKIP() << "needs the recorded trace " << path_ << ", which is not part of the source tree";
    }
  }

  // Calls f(operation, report) for every product, played tile by tile on this machine's arithmetic.
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
      f(operation, replay->report(dot));
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
  const std::size_t count =
      for_each_product(as_recorded(), [&](const TraceOperation& operation, const NumericReport& r) {
        const std::string what =
            operation.layer + " " + std::string(kPassNames[static_cast<std::size_t>(operation.pass)]);
        // The recording summed in single precision.
        EXPECT_LT(*r.operands->relative_max_error(), 1e-6) << what;
        EXPECT_LT(*r.sums->relative_max_error(), 1e-6) << what;
        EXPECT_EQ(r.dot.saturations + r.dot.truncated_sums + r.dot.lost_products, 0u) << what;
      });
  EXPECT_GT(count, 0u);
}

TEST_P(RecordedSteps, keep_their_signal_on_the_default_machine) {
  for_each_product(RunConfig{}, [&](const TraceOperation& operation, const NumericReport& r) {
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
  EXPECT_GT(updates, 0u);
}

INSTANTIATE_TEST_SUITE_P(Digits, RecordedSteps, testing::Values("mlp", "cnn", "trf"),
                         [](const auto& instance) { return instance.param; });

}  // namespace
}  // namespace lnsim
