#include "sim/run/trace/trace_totals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lnsim {
namespace {

using testing::ElementsAre;

TraceOperation product(Pass pass, std::uint64_t macs) {
  TraceOperation op;
  op.op = "linear";
  op.pass = pass;
  op.gemm.emplace();
  op.macs = macs;
  return op;
}

TraceOperation update(std::vector<std::int64_t> shape) {
  TraceOperation op;
  op.op = "update";
  op.pass = Pass::update;
  op.shape = std::move(shape);
  op.update.emplace();
  return op;
}

TEST(TraceTotals, count_products_by_pass_and_updates_apart) {
  Trace trace;
  trace.operations = {product(Pass::forward, 6), product(Pass::forward, 10),
                      product(Pass::weight_gradient, 15), update({3, 4}), update({3})};
  TraceOperation relu;
  relu.op = "relu";
  relu.shape = {1000};
  trace.operations.push_back(relu);
  const TraceTotals totals = trace_totals(trace);
  EXPECT_THAT(totals.macs, ElementsAre(16U, 0U, 15U));
  EXPECT_THAT(totals.products, ElementsAre(2U, 0U, 1U));
  EXPECT_EQ(totals.updated_parameters, 2U);
  EXPECT_EQ(totals.updated_values, 15U);
}

TEST(TraceTotals, of_the_shipped_networks_are_the_published_ones) {
  const std::string traces = std::string(LNSIM_SOURCE_DIR) + "/traces/";
  const TraceTotals resnet = trace_totals(read_trace(traces + "resnet50-b2.jsonl"));
  EXPECT_EQ(resnet.macs[0], 8'178'368'512U);
  EXPECT_EQ(resnet.updated_values, 25'557'032U);
  // A layer has 12: weight and bias of four linear and two normalisation layers. Embedding, positions, first
  // normalisation and head add 6.
  const TraceTotals bert = trace_totals(read_trace(traces + "bert-base-b2.jsonl"));
  EXPECT_EQ(bert.updated_parameters, 12 * 12 + 6U);
}

TEST(TraceTotals, refuse_sums_that_do_not_fit) {
  Trace trace;
  trace.path = "huge.jsonl";
  const std::uint64_t half = std::uint64_t{1} << 61;
  trace.operations = {product(Pass::forward, half), product(Pass::forward, half)};
  EXPECT_EQ(trace_totals(trace).macs[0], 2 * half);
  trace.operations.push_back(product(Pass::forward, 1));
  try {
    trace_totals(trace);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(
        error.what(),
        "huge.jsonl: got more than 2^62 multiply-accumulates in a pass, expected a training iteration that "
        "fits 64-bit counts");
  }
}

}  // namespace
}  // namespace lnsim
