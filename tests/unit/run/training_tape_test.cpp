#include "sim/run/workload/training_tape.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lnsim {
namespace {

using testing::ElementsAre;

std::vector<std::string> lines_of(const TrainingTape& tape) {
  std::vector<std::string> lines;
  for (const TraceOperation& op : tape.iteration()) {
    const std::string_view pass = kTracePassNames[static_cast<std::size_t>(op.pass)];
    std::string line = fmt::format("{} {} {}", op.layer, op.op, pass);
    if (op.gemm) {
      line += fmt::format(" {}x{}x{}x{}", op.gemm->batch, op.gemm->m, op.gemm->n, op.gemm->k);
    } else {
      line += fmt::format(" {}", fmt::join(op.shape, "x"));
    }
    if (op.update) line += " " + op.update->parameter;
    lines.push_back(std::move(line));
  }
  return lines;
}

TEST(TrainingTape, goes_back_in_the_reverse_order_and_then_updates) {
  TrainingTape tape;
  tape.linear("fc", {2, 3, 5});
  tape.vector("relu", "relu", {2, 5});
  tape.normalisation("norm", "layer_norm", {2, 5}, 5);
  EXPECT_THAT(lines_of(tape),
              ElementsAre("fc linear fwd 1x2x5x3", "relu relu fwd 2x5", "norm layer_norm fwd 2x5",
                          "norm layer_norm bwd 2x5", "relu relu bwd 2x5", "fc linear bwd_input 1x2x3x5",
                          "fc linear bwd_weight 1x5x3x2", "fc sum bwd 2x5",
                          "norm update update 5 norm.weight", "norm update update 5 norm.bias",
                          "fc update update 5 fc.bias", "fc update update 5x3 fc.weight"));
}

TEST(TrainingTape, adds_the_gradients_of_both_ways_where_they_part) {
  TrainingTape tape;
  tape.vector("before", "relu", {4});
  tape.fork("sum", {4});
  tape.vector("branch", "gelu", {4});
  tape.join("sum", {4});
  tape.vector("after", "relu", {4});
  EXPECT_THAT(lines_of(tape),
              ElementsAre("before relu fwd 4", "branch gelu fwd 4", "sum add fwd 4", "after relu fwd 4",
                          "after relu bwd 4", "branch gelu bwd 4", "sum add bwd 4", "before relu bwd 4"));
}

TEST(TrainingTape, leaves_out_the_gradient_of_the_data) {
  const ConvDims dims{2, 3, 8, 8, 4, 3, 3, 8, 8, 1, {1, 1}, {1, 1}, {1, 1}};
  TrainingTape tape;
  tape.convolution("first", dims, InputGradient::not_needed);
  tape.convolution("second", dims, InputGradient::needed);
  EXPECT_THAT(lines_of(tape),
              ElementsAre("first conv2d fwd 1x128x4x27", "second conv2d fwd 1x128x4x27",
                          "second conv2d bwd_input 1x128x3x36", "second conv2d bwd_weight 1x4x27x128",
                          "first conv2d bwd_weight 1x4x27x128", "second update update 4x3x3x3 second.weight",
                          "first update update 4x3x3x3 first.weight"));
}

TEST(TrainingTape, a_batched_product_has_a_gradient_for_each_operand_and_no_weights) {
  TrainingTape tape;
  tape.batched_product("scores", {6, 2, 3, 5});
  const auto operations = tape.iteration();
  EXPECT_THAT(lines_of(tape), ElementsAre("scores bmm fwd 6x2x3x5", "scores bmm bwd_weight 6x5x3x2",
                                          "scores bmm bwd_input 6x2x5x3"));
  EXPECT_EQ(operations[1].operand, "b");
  EXPECT_EQ(operations[2].operand, "a");
  for (const TraceOperation& op : operations) {
    EXPECT_FALSE(op.weights);
    EXPECT_EQ(op.macs, 6U * 2 * 3 * 5);
  }
}

TEST(TrainingTape, a_table_that_is_also_the_head_is_updated_once_with_the_sum_of_its_gradients) {
  TrainingTape tape;
  tape.embedding("words", {4, 8}, {100, 8}, TableUse::also_vocabulary_head);
  tape.matmul("head", {4, 8, 100}, WeightOwner::embedding);
  EXPECT_THAT(lines_of(tape), ElementsAre("words embedding fwd 4x8", "head linear fwd 1x4x100x8",
                                          "head linear bwd_weight 1x100x8x4",
                                          "head linear bwd_input 1x4x8x100", "words embedding bwd 4x8",
                                          "words add bwd 100x8", "words update update 100x8 words.weight"));
}

TEST(TrainingTape, a_broadcast_parameter_gets_the_sum_of_the_gradients) {
  TrainingTape tape;
  tape.add_parameter("position", {2, 4, 8}, {1, 4, 8});
  EXPECT_THAT(lines_of(tape), ElementsAre("position add fwd 2x4x8", "position sum bwd 2x4x8",
                                          "position update update 1x4x8 position.bias"));
}

}  // namespace
}  // namespace lnsim
