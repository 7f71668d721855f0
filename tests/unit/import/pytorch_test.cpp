#include "tools/import/pytorch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include "sim/base/errors.h"
#include "tests/unit/import/trace_builder.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using testing::ElementsAre;
using testing::Pair;

ImportResult import(const Json& document, std::size_t step = 0) {
  const fs::path path = fs::temp_directory_path() / ("lnsim_pytorch_" + std::to_string(::getpid()) + ".json");
  std::ofstream(path) << document.dump();
  ImportResult result;
  try {
    result = import_pytorch(path, {.step = step});
  } catch (...) {
    fs::remove(path);
    throw;
  }
  fs::remove(path);
  return result;
}

TraceBuilder::Argument tensor(int storage, std::vector<std::int64_t> shape, int offset = 0) {
  return TraceBuilder::tensor(storage, std::move(shape), offset);
}
TraceBuilder::Argument value(Json json) {
  return TraceBuilder::value(std::move(json));
}

std::vector<std::string> lines_of(const ImportResult& result) {
  std::vector<std::string> lines;
  for (const TraceOperation& op : result.trace.operations) {
    std::string line =
        op.layer + " " + op.op + " " + std::string(kTracePassNames[static_cast<std::size_t>(op.pass)]);
    if (!op.operand.empty()) line += " " + op.operand;
    lines.push_back(std::move(line));
  }
  return lines;
}

void accumulate(TraceBuilder& b, TraceBuilder::Argument gradient) {
  const int evaluation = b.add("autograd::engine::evaluate_function: torch::autograd::AccumulateGrad", 1);
  b.add("torch::autograd::AccumulateGrad", evaluation, 1, -1, {std::move(gradient)});
}

// y = x w^T + bias as aten::linear computes it, x [3, 4], w [6, 4], with both gradients and two updates.
TraceBuilder linear_layer() {
  TraceBuilder b;
  const int linear = b.add("aten::linear", 1, 0, 5);
  b.add("aten::addmm", linear, 0, 5, {tensor(9, {6}), tensor(1, {3, 4}), tensor(2, {4, 6})},
        {tensor(3, {3, 6})});
  const int backward = b.add_backward("AddmmBackward0", 5);
  b.add("aten::mm", backward, 0, -1, {tensor(4, {3, 6}), tensor(2, {6, 4})}, {tensor(5, {3, 4})});
  b.add("aten::mm", backward, 0, -1, {tensor(4, {6, 3}), tensor(1, {3, 4})}, {tensor(6, {6, 4})});
  b.add("aten::sum", backward - 1, 0, -1, {tensor(4, {3, 6})}, {tensor(7, {1, 6})});
  accumulate(b, tensor(7, {6}));
  accumulate(b, tensor(6, {6, 4}));
  return b;
}

TEST(PyTorchImport, links_gradients_and_updates_of_a_linear_layer_to_it) {
  const ImportResult result = import(linear_layer().flat());
  EXPECT_THAT(lines_of(result),
              ElementsAre("linear_1 linear fwd", "linear_1 linear bwd_input", "linear_1 linear bwd_weight",
                          "linear_1 sum bwd", "linear_1 update update", "linear_1 update update"));
  const auto& ops = result.trace.operations;
  EXPECT_EQ(*ops[0].gemm, (GemmDims{1, 3, 6, 4}));
  EXPECT_EQ(*ops[1].gemm, (GemmDims{1, 3, 4, 6}));
  EXPECT_EQ(*ops[2].gemm, (GemmDims{1, 6, 4, 3}));
  EXPECT_EQ(ops[4].update->parameter, "linear_1.bias");
  EXPECT_EQ(ops[5].update->parameter, "linear_1.weight");
  EXPECT_EQ(ops[5].shape, (std::vector<std::int64_t>{6, 4}));
  EXPECT_THAT(result.totals.macs, ElementsAre(72U, 72U, 72U));
  EXPECT_EQ(result.totals.updated_parameters, 2U);
  EXPECT_EQ(result.totals.updated_values, 30U);
  EXPECT_TRUE(result.unmapped.empty());
}

TEST(PyTorchImport, reads_both_layouts_alike) {
  const TraceBuilder b = linear_layer();
  EXPECT_EQ(lines_of(import(b.nested())), lines_of(import(b.flat())));
  EXPECT_EQ(import(b.nested()).totals.macs, import(b.flat()).totals.macs);
}

TEST(PyTorchImport, puts_nodes_into_call_order_by_their_ids) {
  Json document = linear_layer().flat();
  const std::vector<std::string> expected = lines_of(import(document));
  std::reverse(document["nodes"].begin(), document["nodes"].end());
  EXPECT_EQ(lines_of(import(document)), expected);
}

TEST(PyTorchImport, a_product_outside_a_linear_layer_has_weights_if_its_second_operand_is_updated) {
  const auto product = [](bool updated) {
    TraceBuilder b;
    b.add("aten::mm", 1, 0, 8, {tensor(1, {3, 4}), tensor(2, {4, 5})}, {tensor(3, {3, 5})});
    const int backward = b.add_backward("MmBackward0", 8);
    b.add("aten::mm", backward, 0, -1, {tensor(1, {4, 3}), tensor(4, {3, 5})}, {tensor(6, {4, 5})});
    if (updated) accumulate(b, tensor(6, {4, 5}));
    return import(b.flat());
  };
  EXPECT_TRUE(product(true).trace.operations[0].weights);
  EXPECT_FALSE(product(false).trace.operations[0].weights);
  EXPECT_EQ(product(true).trace.operations[0].op, "matmul");
}

TEST(PyTorchImport, tells_square_gradients_apart_by_storage_and_offset) {
  // Query, key and value may share one storage: only the offset differs.
  TraceBuilder b;
  b.add("aten::bmm", 1, 0, 3, {tensor(1, {2, 4, 4}, 0), tensor(1, {2, 4, 4}, 16)}, {tensor(5, {2, 4, 4})});
  const int backward = b.add_backward("BmmBackward0", 3);
  b.add("aten::bmm", backward, 0, -1, {tensor(1, {2, 4, 4}, 0), tensor(7, {2, 4, 4})},
        {tensor(8, {2, 4, 4})});
  b.add("aten::bmm", backward, 0, -1, {tensor(7, {2, 4, 4}), tensor(1, {2, 4, 4}, 16)},
        {tensor(9, {2, 4, 4})});
  const ImportResult result = import(b.flat());
  EXPECT_THAT(lines_of(result),
              ElementsAre("bmm_1 bmm fwd", "bmm_1 bmm bwd_weight b", "bmm_1 bmm bwd_input a"));
  EXPECT_FALSE(result.trace.operations[0].weights);
}

TEST(PyTorchImport, takes_the_functions_order_where_a_tensor_is_multiplied_with_itself) {
  const auto gradients = [](const std::string& function, const std::string& op, std::size_t first) {
    TraceBuilder b;
    std::vector<TraceBuilder::Argument> inputs{tensor(1, {4, 4}), tensor(1, {4, 4})};
    if (first == 1) inputs.insert(inputs.begin(), tensor(2, {4}));
    b.add(op, 1, 0, 3, inputs, {tensor(5, {4, 4})});
    const int backward = b.add_backward(function, 3);
    b.add("aten::mm", backward, 0, -1, {tensor(1, {4, 4}), tensor(7, {4, 4})}, {tensor(8, {4, 4})});
    b.add("aten::mm", backward, 0, -1, {tensor(7, {4, 4}), tensor(1, {4, 4})}, {tensor(9, {4, 4})});
    return lines_of(import(b.flat()));
  };
  EXPECT_THAT(
      gradients("MmBackward0", "aten::mm", 0),
      ElementsAre("matmul_1 matmul fwd", "matmul_1 matmul bwd_weight b", "matmul_1 matmul bwd_input a"));
  EXPECT_THAT(
      gradients("AddmmBackward0", "aten::addmm", 1),
      ElementsAre("matmul_1 matmul fwd", "matmul_1 matmul bwd_input a", "matmul_1 matmul bwd_weight b"));
}

std::vector<TraceBuilder::Argument> geometry(Json stride, Json pad, bool transposed, int groups) {
  return {value(std::move(stride)), value(std::move(pad)), value(Json{1, 1}),
          value(transposed),        value(Json{0, 0}),     value(groups)};
}

ImportResult convolution(const std::vector<std::int64_t>& x, const std::vector<std::int64_t>& w,
                         const std::vector<std::int64_t>& y,
                         const std::vector<TraceBuilder::Argument>& rest) {
  TraceBuilder b;
  std::vector<TraceBuilder::Argument> inputs{tensor(1, x), tensor(2, w), value("<None>")};
  inputs.insert(inputs.end(), rest.begin(), rest.end());
  b.add("aten::convolution", 1, 0, 4, inputs, {tensor(3, y)});
  const int backward = b.add_backward("ConvolutionBackward0", 4);
  inputs = {tensor(5, y), tensor(1, x), tensor(2, w), value(Json{0})};
  inputs.insert(inputs.end(), rest.begin(), rest.end());
  inputs.push_back(value(Json{false, true, true}));
  b.add("aten::convolution_backward", backward, 0, -1, inputs,
        {value(nullptr), tensor(6, w), tensor(7, {w[0]})});
  accumulate(b, tensor(6, w));
  accumulate(b, tensor(7, {w[0]}));
  return import(b.flat());
}

TEST(PyTorchImport, a_convolution_gives_the_gradients_that_its_mask_asks_for) {
  const ImportResult result =
      convolution({2, 8, 9, 7}, {12, 2, 3, 3}, {2, 12, 5, 4}, geometry(Json{2, 2}, Json{1, 1}, false, 4));
  EXPECT_THAT(lines_of(result),
              ElementsAre("conv2d_1 conv2d fwd", "conv2d_1 conv2d bwd_weight", "conv2d_1 sum bwd",
                          "conv2d_1 update update", "conv2d_1 update update"));
  EXPECT_TRUE(result.unmapped.empty());
  // N K P Q C/g R S
  EXPECT_THAT(result.totals.macs, ElementsAre(2U * 12 * 5 * 4 * 2 * 9, 0U, 2U * 12 * 5 * 4 * 2 * 9));
  EXPECT_EQ(result.trace.operations[3].update->parameter, "conv2d_1.weight");
  EXPECT_EQ(result.trace.operations[4].update->parameter, "conv2d_1.bias");
}

TEST(PyTorchImport, a_convolution_whose_shapes_contradict_each_other_is_named) {
  // Six filters cannot stand in four groups.
  const ImportResult result =
      convolution({2, 8, 9, 7}, {6, 2, 3, 3}, {2, 6, 5, 4}, geometry(Json{2, 2}, Json{1, 1}, false, 4));
  EXPECT_THAT(result.unmapped, ElementsAre(Pair("aten::convolution (shapes that do not fit)", 1),
                                           Pair("aten::convolution_backward (shapes that do not fit)", 1)));
}

TEST(PyTorchImport, a_one_dimensional_convolution_is_an_image_of_height_one) {
  const auto rest =
      std::vector{value(Json{2}), value(Json{1}), value(Json{1}), value(false), value(Json{0}), value(1)};
  const ImportResult result = convolution({2, 3, 9}, {4, 3, 3}, {2, 4, 5}, rest);
  ASSERT_TRUE(result.unmapped.empty());
  const ConvDims& d = *result.trace.operations[0].conv;
  EXPECT_EQ(d.h, 1);
  EXPECT_EQ(d.q, 5);
  EXPECT_EQ(d.stride, (std::array<std::int64_t, 2>{1, 2}));
  EXPECT_EQ(d.pad, (std::array<std::int64_t, 2>{0, 1}));
}

// Every one of the 2 4 4 pixels of 3 channels meets 5 2 2 taps, which are then added.
TEST(PyTorchImport, a_transposed_convolution_is_a_product_whose_taps_are_added) {
  const ImportResult result =
      convolution({2, 3, 4, 4}, {3, 5, 2, 2}, {2, 5, 8, 8}, geometry(Json{2, 2}, Json{0, 0}, true, 1));
  EXPECT_THAT(result.unmapped, testing::IsEmpty());
  const auto& operations = result.trace.operations;
  ASSERT_GE(operations.size(), 4U);
  EXPECT_EQ(operations[0].gemm, (GemmDims{1, 32, 20, 3}));
  EXPECT_TRUE(operations[0].weights);
  EXPECT_EQ(operations[1].op, "add");
  EXPECT_EQ(operations[1].shape, (std::vector<std::int64_t>{2, 5, 4, 16}));
  EXPECT_EQ(operations[2].gemm, (GemmDims{1, 3, 20, 32}));
  EXPECT_EQ(operations[3].op, "sum");
  EXPECT_EQ(result.totals.updated_parameters, 2U);
  EXPECT_EQ(result.totals.macs[0], 32U * 20 * 3);
}

TEST(PyTorchImport, names_convolutions_that_the_native_trace_has_no_operator_for) {
  const ImportResult volume = convolution({1, 3, 4, 4, 4}, {5, 3, 1, 1, 1}, {1, 5, 4, 4, 4},
                                          geometry(Json{1, 1, 1}, Json{0, 0, 0}, false, 1));
  EXPECT_THAT(volume.unmapped, ElementsAre(Pair("aten::convolution (not 1 or 2 dimensions)", 1),
                                           Pair("aten::convolution_backward (not 1 or 2 dimensions)", 1)));
}

TEST(PyTorchImport, expands_fused_attention_into_its_products) {
  // Batch 2, 3 heads, 5 queries of 4, 7 keys, values of 6.
  TraceBuilder b;
  const auto q = tensor(1, {2, 3, 5, 4});
  const auto k = tensor(2, {2, 3, 7, 4});
  const auto v = tensor(3, {2, 3, 7, 6});
  const int caller =
      b.add("aten::scaled_dot_product_attention", 1, 0, 9, {q, k, v}, {tensor(4, {2, 3, 5, 6})});
  b.add("aten::_scaled_dot_product_flash_attention", caller, 0, 9, {q, k, v}, {tensor(4, {2, 3, 5, 6})});
  const int backward = b.add_backward("ScaledDotProductFlashAttentionBackward0", 9);
  b.add("aten::_scaled_dot_product_flash_attention_backward", backward, 0, -1,
        {tensor(5, {2, 3, 5, 6}), q, k, v});
  const ImportResult result = import(b.flat());
  EXPECT_THAT(lines_of(result),
              ElementsAre("bmm_1 bmm fwd", "softmax_1 softmax fwd", "bmm_2 bmm fwd", "bmm_2 bmm bwd_input a",
                          "bmm_2 bmm bwd_weight b", "softmax_1 softmax bwd", "bmm_1 bmm bwd_input a",
                          "bmm_1 bmm bwd_weight b"));
  const auto& ops = result.trace.operations;
  EXPECT_EQ(*ops[0].gemm, (GemmDims{6, 5, 7, 4}));
  EXPECT_EQ(*ops[2].gemm, (GemmDims{6, 5, 6, 7}));
  EXPECT_EQ(*ops[3].gemm, (GemmDims{6, 5, 7, 6}));
  EXPECT_EQ(*ops[4].gemm, (GemmDims{6, 7, 6, 5}));
  EXPECT_EQ(*ops[6].gemm, (GemmDims{6, 5, 4, 7}));
  EXPECT_EQ(*ops[7].gemm, (GemmDims{6, 4, 7, 5}));
  EXPECT_THAT(result.totals.macs,
              ElementsAre(6U * 5 * 7 * (4 + 6), 6U * 5 * 7 * (4 + 6), 6U * 5 * 7 * (4 + 6)));
  EXPECT_TRUE(result.unmapped.empty());
}

TEST(PyTorchImport, fused_attention_of_shapes_that_do_not_fit_is_named) {
  TraceBuilder b;
  b.add("aten::_scaled_dot_product_efficient_attention", 1, 0, 9,
        {tensor(1, {2, 3, 5, 4}), tensor(2, {2, 3, 7, 8}), tensor(3, {2, 3, 7, 4})});
  const int backward = b.add_backward("ScaledDotProductEfficientAttentionBackward0", 9);
  b.add("aten::_scaled_dot_product_efficient_attention_backward", backward, 0, -1, {tensor(5, {2, 3, 5, 6})});
  b.add("aten::relu", 1, 0, 10, {tensor(6, {2, 3})}, {tensor(7, {2, 3})});
  EXPECT_THAT(
      import(b.flat()).unmapped,
      ElementsAre(Pair("aten::_scaled_dot_product_efficient_attention (shapes that do not fit)", 1),
                  Pair("aten::_scaled_dot_product_efficient_attention_backward (no forward operator)", 1)));
}

TEST(PyTorchImport, names_what_it_cannot_map_once_and_not_its_callers) {
  TraceBuilder b = linear_layer();
  const int caller = b.add("aten::fancy", 1, 0, 20, {tensor(1, {3, 4})}, {tensor(30, {3, 4})});
  b.add("aten::fancy_kernel", caller, 0, 20, {tensor(1, {3, 4})}, {tensor(30, {3, 4})});
  b.add("aten::fancy_kernel", 1, 0, 20, {tensor(1, {3, 4})}, {tensor(30, {3, 4})});
  const int known = b.add("aten::calls_relu", 1, 0, 21);
  b.add("aten::relu", known, 0, 21, {tensor(1, {3, 4})}, {tensor(30, {3, 4})});
  const int orphan = b.add_backward("MmBackward0", 77);
  b.add("aten::mm", orphan, 0, -1, {tensor(1, {3, 4}), tensor(2, {4, 5})}, {tensor(30, {3, 5})});
  b.add("aten::mm", 1, 0, 22, {tensor(1, {3, 4}), tensor(2, {5, 5})}, {tensor(30, {3, 5})});
  EXPECT_THAT(import(b.flat()).unmapped,
              ElementsAre(Pair("aten::fancy_kernel", 2), Pair("aten::mm (no forward operator)", 1),
                          Pair("aten::mm (shapes that do not fit)", 1)));
}

TEST(PyTorchImport, leaves_out_counters_views_the_optimizer_and_dropout_in_evaluation) {
  TraceBuilder b = linear_layer();
  const std::size_t before = import(b.flat()).trace.operations.size();
  b.add("aten::add_", 1, 0, 30, {TraceBuilder::tensor(40, {}, 0, "long int"), value(1)},
        {TraceBuilder::tensor(40, {}, 0, "long int")});
  b.add("aten::add", 1, 0, 31, {TraceBuilder::tensor(40, {8}, 0, "long int")},
        {TraceBuilder::tensor(41, {8}, 0, "long int")});
  b.add("aten::view", 1, 0, 32, {tensor(40, {8})}, {tensor(40, {2, 4})});
  b.add("aten::dropout", 1, 0, 33, {tensor(40, {8}), value(0.1), value(false)}, {tensor(40, {8})});
  const int optimizer = b.add("Optimizer.step#SGD.step", 1, 7);
  b.add("aten::add_", optimizer, 0, -1, {tensor(2, {6, 4}), tensor(6, {6, 4})}, {tensor(2, {6, 4})});
  const ImportResult result = import(b.flat());
  EXPECT_EQ(result.trace.operations.size(), before);
  EXPECT_TRUE(result.unmapped.empty());
}

TEST(PyTorchImport, the_scaling_in_the_gradient_of_dropout_is_its_gradient) {
  TraceBuilder b = linear_layer();
  const int dropout =
      b.add("aten::dropout", 1, 0, 33, {tensor(40, {8}), value(0.1), value(true)}, {tensor(41, {8})});
  b.add("aten::bernoulli_", dropout, 0, 33, {tensor(42, {8})}, {tensor(42, {8})});
  b.add("aten::mul", dropout, 0, 33, {tensor(40, {8}), tensor(42, {8})}, {tensor(41, {8})});
  const int backward = b.add_backward("MulBackward0", 33);
  b.add("aten::mul", backward, 0, -1, {tensor(43, {8}), tensor(42, {8})}, {tensor(44, {8})});
  const ImportResult result = import(b.flat());
  const std::vector<std::string> lines = lines_of(result);
  EXPECT_THAT(std::vector<std::string>(lines.begin() + 4, lines.begin() + 6),
              ElementsAre("dropout_1 dropout fwd", "dropout_1 dropout bwd"));
  EXPECT_TRUE(result.unmapped.empty());
}

TEST(PyTorchImport, a_bias_added_outside_the_product_belongs_to_its_linear_layer) {
  TraceBuilder b;
  const int linear = b.add("aten::linear", 1, 0, 4);
  b.add("aten::mm", linear, 0, 4, {tensor(1, {6, 4}), tensor(2, {4, 5})}, {tensor(3, {6, 5})});
  b.add("aten::add_", linear, 0, 5, {tensor(3, {2, 3, 5}), tensor(9, {5})}, {tensor(3, {2, 3, 5})});
  const int backward = b.add_backward("AddBackward0", 5);
  b.add("aten::sum", backward - 1, 0, -1, {tensor(6, {2, 3, 5})}, {tensor(7, {1, 1, 5})});
  accumulate(b, tensor(7, {5}));
  const ImportResult result = import(b.flat());
  EXPECT_THAT(lines_of(result), ElementsAre("linear_1 linear fwd", "linear_1 add fwd", "linear_1 sum bwd",
                                            "linear_1 update update"));
  EXPECT_EQ(result.trace.operations[3].update->parameter, "linear_1.bias");
}

TEST(PyTorchImport, a_parameter_whose_gradient_comes_from_nowhere_known_gets_a_name_of_its_own) {
  TraceBuilder b = linear_layer();
  accumulate(b, tensor(99, {7}));
  accumulate(b, tensor(6, {3}));  // the weight gradient's storage, used again by something smaller
  const ImportResult result = import(b.flat());
  const auto& ops = result.trace.operations;
  EXPECT_EQ(ops[ops.size() - 2].update->parameter, "parameter_1");
  EXPECT_EQ(ops[ops.size() - 1].update->parameter, "parameter_2");
  EXPECT_EQ(result.totals.updated_values, 30U + 7 + 3);
}

// Three steps of one product each, of 10, 20 and 30 rows.
Json three_steps(bool labelled) {
  TraceBuilder b;
  for (int step = 0; step < 3; ++step) {
    if (labelled) b.add("ProfilerStep#" + std::to_string(step + 4), 1, 7);
    b.add("Optimizer.zero_grad#SGD.zero_grad", 1, 7);
    const std::int64_t rows = 10 * (step + 1);
    b.add("aten::mm", 1, 0, 100 + step, {tensor(1, {rows, 4}), tensor(2, {4, 5})}, {tensor(3, {rows, 5})});
    const int optimizer = b.add("Optimizer.step#SGD.step", 1, 7);
    b.add("aten::add_", optimizer, 0, -1, {tensor(2, {4, 5})}, {tensor(2, {4, 5})});
  }
  b.add("aten::item", 1);
  return b.flat();
}

TEST(PyTorchImport, finds_the_steps_by_label_or_by_the_optimizer) {
  for (const bool labelled : {true, false}) {
    const Json document = three_steps(labelled);
    for (std::size_t step = 0; step < 3; ++step) {
      const ImportResult result = import(document, step);
      EXPECT_EQ(result.steps, 3U);
      EXPECT_EQ(result.totals.macs[0], 10U * (step + 1) * 20) << step;
    }
  }
}

// A linear layer of as many rows, called in its place among others, as `linear_layer` above.
void add_linear_step(TraceBuilder& b, int loop, std::int64_t rows) {
  const int linear = b.add("aten::linear", loop, 0, 5);
  b.add("aten::addmm", linear, 0, 5, {tensor(9, {6}), tensor(1, {rows, 4}), tensor(2, {4, 6})},
        {tensor(3, {rows, 6})});
  const int backward = b.add_backward("AddmmBackward0", 5);
  b.add("aten::mm", backward, 0, -1, {tensor(4, {rows, 6}), tensor(2, {6, 4})}, {tensor(5, {rows, 4})});
  b.add("aten::mm", backward, 0, -1, {tensor(4, {6, rows}), tensor(1, {rows, 4})}, {tensor(6, {6, 4})});
  b.add("aten::sum", backward - 1, 0, -1, {tensor(4, {rows, 6})}, {tensor(7, {1, 6})});
  accumulate(b, tensor(7, {6}));
  accumulate(b, tensor(6, {6, 4}));
  const int optimizer = b.add("Optimizer.step#SGD.step", 1, 7);
  b.add("aten::add_", optimizer, 0, -1, {tensor(2, {6, 4})}, {tensor(2, {6, 4})});
}

// Of many steps in one file, whatever the order its nodes stand in, each is what it is in a file of its own.
TEST(PyTorchImport, takes_every_step_out_of_a_shuffled_file_as_it_is_alone) {
  constexpr std::size_t kSteps = 5;
  TraceBuilder together;
  const int loop = together.add("loop", 1, 7);  // calls into every step
  for (std::size_t step = 0; step < kSteps; ++step)
    add_linear_step(together, loop, static_cast<std::int64_t>(step) + 2);
  Json shuffled = together.flat();
  std::shuffle(shuffled["nodes"].begin(), shuffled["nodes"].end(), std::mt19937(1));
  for (std::size_t step = 0; step < kSteps; ++step) {
    TraceBuilder alone;
    add_linear_step(alone, 1, static_cast<std::int64_t>(step) + 2);
    const ImportResult expected = import(alone.flat());
    const ImportResult result = import(shuffled, step);
    EXPECT_EQ(result.steps, kSteps);
    EXPECT_EQ(lines_of(result), lines_of(expected)) << step;
    EXPECT_EQ(result.totals.macs, expected.totals.macs) << step;
    EXPECT_EQ(result.totals.macs[0], (step + 2) * 4 * 6);
  }
}

// What an evaluation does beside its backward function is the function's work, which here stands in front of
// the step.
TEST(PyTorchImport, a_step_inside_an_evaluation_knows_the_function_that_it_calls) {
  TraceBuilder b;
  b.add("ProfilerStep#1", 1, 7);
  b.add("aten::mm", 1, 0, 8, {tensor(1, {3, 4}), tensor(2, {4, 5})}, {tensor(3, {3, 5})});
  const int function = b.add_backward("MmBackward0", 8);
  b.add("ProfilerStep#2", 1, 7);
  b.add("aten::mm", 1, 0, 8, {tensor(1, {3, 4}), tensor(2, {4, 5})}, {tensor(3, {3, 5})});
  b.add("aten::mm", function - 1, 0, -1, {tensor(1, {4, 3}), tensor(4, {3, 5})}, {tensor(6, {4, 5})});
  EXPECT_THAT(lines_of(import(b.flat(), 1)),
              ElementsAre("matmul_1 matmul fwd", "matmul_1 matmul bwd_weight b"));
}

TEST(PyTorchImport, a_step_that_the_file_does_not_have_is_an_error) {
  try {
    import(three_steps(true), 3);
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_EQ(error.diagnostics().at(0).got, "step 3");
    EXPECT_EQ(error.diagnostics().at(0).expected, "a step from 0 to 2");
  }
}

}  // namespace
}  // namespace lnsim
