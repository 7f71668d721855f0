#include "sim/run/trace_tools/trace_info.h"

#include <gtest/gtest.h>

#include "tests/unit/trace/recorded_trace.h"

namespace lnsim {
namespace {

// Counts of the publication's network: 53 convolutions and a classifier, 161 parameters.
TEST(TraceInfo, of_resnet50_counts_its_operators_by_pass) {
  const Trace trace = read_trace(LNSIM_SOURCE_DIR "/traces/resnet50-b2.jsonl");
  const TraceInfo info = trace_info(trace);
  ASSERT_EQ(info.operators.front().op, "conv2d");
  EXPECT_EQ(info.operators.front().passes, (std::array<std::uint64_t, 5>{53, 52, 53, 0, 0}));
  EXPECT_EQ(info.operators.back().op, "update");
  EXPECT_EQ(info.operators.back().passes[4], 161U);
  EXPECT_EQ(info.totals.updated_values, 25557032U);
  EXPECT_TRUE(info.tensors.empty());
  EXPECT_TRUE(info.not_simulated.empty());
  const std::string table = info_table(trace, info);
  EXPECT_NE(table.find("Shapes only"), std::string::npos);
  EXPECT_NE(table.find("8 178 368 512"), std::string::npos);
  EXPECT_EQ(info_json(trace, info)["macs"]["forward"], 8178368512U);
}

TEST(TraceInfo, counts_tensors_and_bytes_by_what_they_are) {
  const Trace trace = read_trace(LNSIM_SOURCE_DIR "/traces/digits-cnn.jsonl");
  const TraceInfo info = trace_info(trace);
  EXPECT_EQ(info.products_with_operands, 20U);
  EXPECT_EQ(info.updates_with_operands, 7U);
  EXPECT_EQ(info.updates_with_results, 7U);
  // Six convolutions and a classifier: 72 + 2 x 576 + 1152 + 2304 + 128 + 160 weights in float32.
  EXPECT_EQ(info.tensors.front().role, TensorRole::weight);
  EXPECT_EQ(info.tensors.front().tensors, 7U);
  EXPECT_EQ(info.tensors.front().values, 4968U);
  EXPECT_EQ(info.tensors.front().bytes, 4U * 4968U);
  std::uint64_t tensors = 0;
  for (const TensorCount& count : info.tensors) tensors += count.tensors;
  EXPECT_EQ(tensors, trace.tensors.size());
  EXPECT_EQ(info_json(trace, info)["numerics"]["W"]["gamma"], 8);
}

TEST(TraceInfo, names_updates_whose_rule_no_unit_computes) {
  RecordedTrace recorded("info");
  for (const char* key : {"w", "dw"}) recorded.tensor(key, {2}, {1, 2});
  recorded.operation({{"layer", "fc"},
                      {"op", "update"},
                      {"pass", "update"},
                      {"param", "fc.bias"},
                      {"shape", {2}},
                      {"rule", "lion"},
                      {"w", "w"},
                      {"dw", "dw"}});
  const Trace trace = recorded.read();
  const TraceInfo info = trace_info(trace);
  ASSERT_EQ(info.not_simulated.size(), 1U);
  EXPECT_EQ(info.not_simulated.front().message(),
            trace.path.string() + ":2: rule: got lion, expected madam_int, madam, sgd or adam");
  EXPECT_NE(info_table(trace, info).find("Cannot be simulated"), std::string::npos);
}

}  // namespace
}  // namespace lnsim
