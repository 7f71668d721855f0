// What the operators of a Chakra trace become, told from forward, backward and optimizer without labels.
#include "tools/import/chakra.h"

#include <gmock/gmock.h>
#include <google/protobuf/io/coded_stream.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include "tests/unit/import/chakra_builder.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

ImportResult import(const std::string& bytes, std::size_t step) {
  const fs::path path = fs::temp_directory_path() / ("lnsim_chakra_" + std::to_string(::getpid()) + ".et");
  std::ofstream(path, std::ios::binary) << bytes;
  ImportResult result = import_chakra(path, {.step = step});
  fs::remove(path);
  return result;
}
ImportResult import(const ChakraBuilder& builder, std::size_t step = 0) {
  return import(builder.bytes(), step);
}

// Each behind its length: the metadata, then the nodes.
std::vector<std::string> messages_of(const ChakraBuilder& builder) {
  const std::string bytes = builder.bytes();
  std::vector<std::string> messages;
  for (std::size_t at = 0; at < bytes.size();) {
    std::uint32_t length = 0;
    google::protobuf::io::CodedInputStream stream(reinterpret_cast<const std::uint8_t*>(bytes.data()) + at,
                                                  static_cast<int>(bytes.size() - at));
    EXPECT_TRUE(stream.ReadVarint32(&length));
    messages.push_back(bytes.substr(at, static_cast<std::size_t>(stream.CurrentPosition()) + length));
    at += messages.back().size();
  }
  return messages;
}

std::vector<std::string> lines_of(const ImportResult& result) {
  std::vector<std::string> lines;
  for (const TraceOperation& op : result.trace.operations) {
    std::string line = op.layer + " " + op.op + " ";
    line += kTracePassNames[static_cast<std::size_t>(op.pass)];
    std::vector<std::int64_t> extents = op.shape;
    if (op.gemm) extents = {op.gemm->batch, op.gemm->m, op.gemm->n, op.gemm->k};
    for (std::size_t i = 0; i < extents.size(); ++i)
      line += (i == 0 ? " " : "x") + std::to_string(extents[i]);
    lines.push_back(std::move(line));
  }
  return lines;
}

constexpr auto tensor = ChakraBuilder::tensor;
constexpr auto value = ChakraBuilder::value;

// x [2, 3, 8, 8], a convolution to 4 channels, ReLU, an average, and a linear layer of 5 outputs.
void add_step(ChakraBuilder& b, std::int64_t sequence, std::int64_t backward_thread) {
  const auto pair = [](const char* text) { return value(text); };
  b.add("aten::conv2d", sequence,
        {tensor(1, {2, 3, 8, 8}), tensor(2, {4, 3, 3, 3}), ChakraBuilder::none(), pair("[1, 1]"),
         pair("[1, 1]"), pair("[1, 1]"), value("1")},
        {tensor(3, {2, 4, 8, 8})});
  b.add("aten::relu", sequence + 1, {tensor(3, {2, 4, 8, 8})}, {tensor(4, {2, 4, 8, 8})});
  b.add("aten::adaptive_avg_pool2d", sequence + 2, {tensor(4, {2, 4, 8, 8}), pair("[1, 1]")},
        {tensor(5, {2, 4, 1, 1})});
  b.add("aten::linear", sequence + 3, {tensor(5, {2, 4}), tensor(6, {5, 4}), tensor(7, {5})},
        {tensor(8, {2, 5})});
  b.add("aten::cross_entropy_loss", sequence + 4, {tensor(8, {2, 5}), tensor(9, {2})}, {tensor(10, {})});

  const auto backward = [&](const char* name, std::uint64_t parent,
                            const std::vector<ChakraBuilder::Argument>& in,
                            const std::vector<ChakraBuilder::Argument>& out) {
    b.add(name, -1, in, out, parent, backward_thread);
  };
  backward("aten::nll_loss_backward", 101, {tensor(11, {}), tensor(12, {2, 5})}, {tensor(13, {2, 5})});
  backward("aten::_log_softmax_backward_data", 102, {tensor(13, {2, 5}), tensor(12, {2, 5})},
           {tensor(14, {2, 5})});
  // dx = dy w, dw = dy^T x, db = the sum of dy.
  backward("aten::mm", 103, {tensor(14, {2, 5}), tensor(6, {5, 4})}, {tensor(15, {2, 4})});
  backward("aten::mm", 103, {tensor(14, {5, 2}), tensor(5, {2, 4})}, {tensor(16, {5, 4})});
  backward("aten::sum", 104, {tensor(14, {2, 5})}, {tensor(17, {1, 5})});
  backward("aten::div", 105, {tensor(15, {2, 4, 8, 8}), value("64")}, {tensor(18, {2, 4, 8, 8})});
  backward("aten::threshold_backward", 106, {tensor(18, {2, 4, 8, 8}), tensor(4, {2, 4, 8, 8}), value("0")},
           {tensor(19, {2, 4, 8, 8})});
  backward("aten::convolution_backward", 107,
           {tensor(19, {2, 4, 8, 8}), tensor(1, {2, 3, 8, 8}), tensor(2, {4, 3, 3, 3}), value("[0]"),
            pair("[1, 1]"), pair("[1, 1]"), pair("[1, 1]"), value("False"), pair("[0, 0]"), value("1"),
            value("[False, True, False]")},
           {value("0"), tensor(20, {4, 3, 3, 3}), value("0")});
  b.add("aten::add_", -1, {tensor(2, {4, 3, 3, 3}), tensor(20, {4, 3, 3, 3}), value("-0.01")},
        {tensor(2, {4, 3, 3, 3})});
}

const auto& expected_lines() {
  static const std::vector<std::string> kLines{
      "conv2d_1 conv2d fwd 1x128x4x27",
      "relu_1 relu fwd 2x4x8x8",
      "adaptive_avg_pool2d_1 adaptive_avg_pool2d fwd 2x4x8x8",
      "linear_1 linear fwd 1x2x5x4",
      "log_softmax_1 log_softmax fwd 2x5",
      "nll_loss_1 nll_loss fwd 2x5",
      "nll_loss_1 nll_loss bwd 2x5",
      "log_softmax_1 log_softmax bwd 2x5",
      "linear_1 linear bwd_input 1x2x4x5",
      "linear_1 linear bwd_weight 1x5x4x2",
      "linear_1 sum bwd 2x5",
      "adaptive_avg_pool2d_1 adaptive_avg_pool2d bwd 2x4x8x8",
      "relu_1 relu bwd 2x4x8x8",
      "conv2d_1 conv2d bwd_weight 1x4x27x128",
      "linear_1 update update 5x4",
      "linear_1 update update 1x5",
      "conv2d_1 update update 4x3x3x3",
  };
  return kLines;
}

TEST(Chakra, a_step_has_every_pass_of_every_layer_and_an_update_per_parameter) {
  ChakraBuilder b;
  add_step(b, 10, 2);
  const ImportResult result = import(b);
  EXPECT_EQ(lines_of(result), expected_lines());
  EXPECT_THAT(result.unmapped, IsEmpty());
  EXPECT_EQ(result.steps, 1U);
}

// On a processor the backward pass runs on the thread of the forward one.
TEST(Chakra, passes_are_told_apart_on_one_thread) {
  ChakraBuilder b;
  add_step(b, 10, 1);
  EXPECT_EQ(lines_of(import(b)), expected_lines());
}

TEST(Chakra, what_follows_the_optimizer_is_the_next_step) {
  ChakraBuilder b;
  add_step(b, 10, 2);
  add_step(b, 20, 2);
  const ImportResult second = import(b, 1);
  EXPECT_EQ(second.steps, 2U);
  EXPECT_EQ(lines_of(second), expected_lines());
}

// In whatever order its messages stand.
TEST(Chakra, every_step_of_many_is_what_it_is_alone) {
  ChakraBuilder b;
  for (int step = 0; step < 4; ++step) add_step(b, 10 * (step + 1), 2);
  std::vector<std::string> messages = messages_of(b);
  std::shuffle(messages.begin() + 1, messages.end(), std::mt19937(1));
  std::string shuffled;
  for (const std::string& message : messages) shuffled += message;
  for (std::size_t step = 0; step < 4; ++step) {
    const ImportResult result = import(shuffled, step);
    EXPECT_EQ(result.steps, 4U);
    EXPECT_EQ(lines_of(result), expected_lines()) << step;
  }
}

// The sum over a product's output gradient is its bias's; a sum in front of all products is nobody's.
TEST(Chakra, a_sum_does_not_belong_to_a_product_of_earlier_passes) {
  ChakraBuilder b;
  add_step(b, 10, 2);
  b.add("aten::linear", 20, {tensor(5, {2, 4}), tensor(6, {5, 4})}, {tensor(8, {2, 5})});
  b.add("aten::sum", -1, {tensor(14, {2, 5})}, {tensor(17, {1, 5})}, 104, 2);
  b.add("aten::unheard_of_backward", -1, {tensor(14, {2, 5})}, {tensor(18, {2, 5})}, 105, 2);
  EXPECT_EQ(import(b, 1).totals.updated_parameters, 0U);
}

TEST(Chakra, products_of_attention_have_the_gradients_of_both_operands) {
  ChakraBuilder b;
  b.add("aten::matmul", 1, {tensor(1, {2, 4, 16, 6}), tensor(2, {2, 4, 6, 16})}, {tensor(3, {2, 4, 16, 16})});
  b.add("aten::softmax", 2, {tensor(3, {2, 4, 16, 16}), value("-1")}, {tensor(4, {2, 4, 16, 16})});
  b.add("aten::_softmax_backward_data", -1, {tensor(5, {2, 4, 16, 16}), tensor(4, {2, 4, 16, 16})},
        {tensor(6, {2, 4, 16, 16})}, 50, 2);
  b.add("aten::bmm", -1, {tensor(1, {8, 6, 16}), tensor(6, {8, 16, 16})}, {tensor(7, {8, 6, 16})}, 51, 2);
  b.add("aten::bmm", -1, {tensor(6, {8, 16, 16}), tensor(2, {8, 16, 6})}, {tensor(8, {8, 16, 6})}, 51, 2);
  EXPECT_THAT(lines_of(import(b)),
              ElementsAre("bmm_1 bmm fwd 8x16x16x6", "softmax_1 softmax fwd 2x4x16x16",
                          "softmax_1 softmax bwd 2x4x16x16", "bmm_1 bmm bwd_weight 8x6x16x16",
                          "bmm_1 bmm bwd_input 8x16x6x16"));
}

TEST(Chakra, an_operator_without_a_native_one_is_named) {
  ChakraBuilder b;
  add_step(b, 10, 2);
  b.add("aten::fft_rfft", 30, {tensor(1, {2, 8})}, {tensor(2, {2, 5})});
  b.add("aten::linear", 31, {tensor(5, {2, 4}), tensor(6, {5, 4})}, {tensor(8, {2, 5})});
  EXPECT_THAT(import(b, 1).unmapped, ElementsAre(Pair("aten::fft_rfft", 1U)));
}

}  // namespace
}  // namespace lnsim
