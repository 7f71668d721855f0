// What each operator of an ONNX graph becomes in a training iteration. Expected products are those of the
// matrix calculus: y = x w has dx = dy w^T and dw = x^T dy.
#include "tools/import/onnx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/import/onnx_builder.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class Onnx : public testing::Test {
 protected:
  void TearDown() override { fs::remove(path_); }

  ImportResult import(const ModelBuilder& builder, const ImportOptions& options = {}) {
    std::ofstream(path_, std::ios::binary) << builder.model.SerializeAsString();
    return import_onnx(path_, options);
  }

  // Every line as `layer op pass extents`, extents batch x M x N x K of products.
  static std::vector<std::string> lines(const ImportResult& result) {
    std::vector<std::string> all;
    for (const TraceOperation& op : result.trace.operations) {
      std::string line = op.op + " " + std::string(kTracePassNames[static_cast<std::size_t>(op.pass)]);
      std::vector<std::int64_t> extents = op.shape;
      if (op.gemm) extents = {op.gemm->batch, op.gemm->m, op.gemm->n, op.gemm->k};
      for (std::size_t i = 0; i < extents.size(); ++i)
        line += (i == 0 ? " " : "x") + std::to_string(extents[i]);
      all.push_back(std::move(line));
    }
    return all;
  }
  static std::vector<std::string> products(const ImportResult& result) {
    std::vector<std::string> all = lines(result);
    std::erase_if(all, [&](const std::string& line) {
      return !line.starts_with("linear") && !line.starts_with("bmm") && !line.starts_with("conv2d");
    });
    return all;
  }

  fs::path path_ = fs::temp_directory_path() / ("lnsim_onnx_" + std::to_string(::getpid()) + ".onnx");
};

TEST_F(Onnx, a_perceptron_has_both_gradients_and_an_update_per_parameter) {
  ModelBuilder model;
  model.input("x", {8, 3});
  model.weight("w1", {3, 5});
  model.weight("b1", {5});
  model.weight("w2", {7, 5});
  model.node("MatMul", {"x", "w1"}, {"h"});
  model.node("Add", {"h", "b1"}, {"g"});
  model.node("Relu", {"g"}, {"r"});
  ModelBuilder::attribute(model.node("Gemm", {"r", "w2"}, {"y"}), "transB", 1);
  model.output("y");
  const ImportResult result = import(model);
  // The bias is part of the product. x is data, so the first layer has no input gradient.
  EXPECT_THAT(lines(result), ElementsAre("linear fwd 1x8x5x3", "relu fwd 8x5", "linear fwd 1x8x7x5",  //
                                         "linear bwd_input 1x8x5x7", "linear bwd_weight 1x7x5x8",
                                         "relu bwd 8x5", "linear bwd_weight 1x5x3x8", "sum bwd 8x5",  //
                                         "update update 7x5", "update update 3x5", "update update 5"));
  EXPECT_THAT(result.unmapped, IsEmpty());
  EXPECT_EQ(result.trace.operations.back().update->parameter, "b1");
  EXPECT_THAT(result.notes, ElementsAre("The model has no loss: the gradient of y is taken as given."));
}

TEST_F(Onnx, a_value_that_two_operators_read_has_its_gradients_added) {
  ModelBuilder model;
  model.input("x", {4, 6});
  model.weight("w", {6, 6});
  model.node("MatMul", {"x", "w"}, {"h"});
  model.node("Relu", {"h"}, {"r"});
  model.node("Add", {"h", "r"}, {"y"});
  model.output("y");
  EXPECT_THAT(lines(import(model)),
              ElementsAre("linear fwd 1x4x6x6", "relu fwd 4x6", "add fwd 4x6",         //
                          "relu bwd 4x6", "add bwd 4x6", "linear bwd_weight 1x6x6x4",  //
                          "update update 6x6"));
}

TEST_F(Onnx, a_parameter_that_is_used_twice_has_one_update) {
  ModelBuilder model;
  model.input("x", {4, 6});
  model.weight("w", {6, 6});
  model.node("MatMul", {"x", "w"}, {"h"});
  ModelBuilder::attribute(model.node("Transpose", {"w"}, {"wt"}), "perm", ModelBuilder::Shape{1, 0});
  model.node("MatMul", {"h", "wt"}, {"y"});
  model.output("y");
  const ImportResult result = import(model);
  EXPECT_EQ(result.totals.updated_parameters, 1U);
  EXPECT_THAT(products(result),
              ElementsAre("linear fwd 1x4x6x6", "linear fwd 1x4x6x6", "linear bwd_input 1x4x6x6",
                          "linear bwd_weight 1x6x6x4", "linear bwd_weight 1x6x6x4"));
}

TEST_F(Onnx, only_what_the_model_binds_is_trained) {
  ModelBuilder model;
  model.input("x", {4, 6});
  model.weight("frozen", {6, 5});
  model.weight("trained", {5, 3});
  model.node("MatMul", {"x", "frozen"}, {"h"});
  model.node("MatMul", {"h", "trained"}, {"y"});
  model.output("y");
  auto& binding = *model.model.add_training_info()->add_update_binding();
  binding.set_key("trained");
  binding.set_value("trained_new");
  const ImportResult result = import(model);
  // Nothing in front of the second layer is trained, so it needs no input gradient.
  EXPECT_THAT(lines(result), ElementsAre("linear fwd 1x4x5x6", "linear fwd 1x4x3x5",
                                         "linear bwd_weight 1x3x5x4", "update update 5x3"));
  EXPECT_THAT(result.notes, testing::Contains("Frozen by the model: 1 (frozen)."));
}

TEST_F(Onnx, running_statistics_and_constants_are_not_trained) {
  ModelBuilder model;
  model.input("x", {2, 3, 4, 4});
  for (const char* name : {"scale", "bias", "mean", "variance"}) model.weight(name, {3});
  model.number("two", 2);
  model.node("BatchNormalization", {"x", "scale", "bias", "mean", "variance"}, {"n"});
  model.node("Mul", {"n", "two"}, {"y"});
  model.output("y");
  const ImportResult result = import(model);
  EXPECT_THAT(lines(result), ElementsAre("batch_norm fwd 2x3x4x4", "scale fwd 2x3x4x4", "scale bwd 2x3x4x4",
                                         "batch_norm bwd 2x3x4x4", "update update 3", "update update 3"));
  EXPECT_THAT(result.notes,
              testing::Contains("Not trained, because no gradient reaches them: 2 (mean, variance)."));
}

TEST_F(Onnx, of_a_model_without_initialisers_the_first_input_and_integers_are_data) {
  ModelBuilder model;
  model.input("x", {4, 6});
  model.input("labels", {4}, ModelBuilder::kInteger);
  model.input("w", {6, 5});
  model.node("MatMul", {"x", "w"}, {"h"});
  ModelBuilder::attribute(model.node("SoftmaxCrossEntropyLoss", {"h", "labels"}, {"loss"}), "reduction",
                          std::string("mean"));
  model.output("loss");
  const ImportResult result = import(model);
  EXPECT_THAT(lines(result),
              ElementsAre("linear fwd 1x4x5x6", "cross_entropy fwd 4x5", "cross_entropy bwd 4x5",
                          "linear bwd_weight 1x5x6x4", "update update 6x5"));
  EXPECT_THAT(result.notes, ElementsAre("The model has no initialisers: of its inputs x, labels are taken as "
                                        "data, the other 1 as weights."));
}

struct Conv {
  const char* name;
  ModelBuilder::Shape x, w;
  std::int64_t group;
  ModelBuilder::Shape strides, pads, dilations;
  ConvDims dims;
};

class OnnxConvolution : public Onnx, public testing::WithParamInterface<Conv> {};

TEST_P(OnnxConvolution, has_the_extents_of_the_layer) {
  const Conv& conv = GetParam();
  ModelBuilder model;
  model.input("x", conv.x);
  model.weight("w", conv.w);
  auto& node = model.node("Conv", {"x", "w"}, {"y"});
  ModelBuilder::attribute(node, "group", conv.group);
  if (!conv.strides.empty()) ModelBuilder::attribute(node, "strides", conv.strides);
  if (!conv.pads.empty()) ModelBuilder::attribute(node, "pads", conv.pads);
  if (!conv.dilations.empty()) ModelBuilder::attribute(node, "dilations", conv.dilations);
  model.output("y");
  const ImportResult result = import(model);
  ASSERT_EQ(result.trace.operations.size(), 3U);
  EXPECT_EQ(result.trace.operations[0].conv, conv.dims);
  EXPECT_EQ(result.trace.operations[1].pass, Pass::weight_gradient);
  const ConvDims& d = conv.dims;
  EXPECT_EQ(result.totals.macs[0],
            static_cast<std::uint64_t>(d.n * d.k * d.p * d.q * (d.c / d.groups) * d.r * d.s));
}

// Output extents by floor((in + pads - dilation (filter - 1) - 1) / stride) + 1.
INSTANTIATE_TEST_SUITE_P(
    Kinds, OnnxConvolution,
    testing::Values(Conv{"Strided",
                         {2, 3, 8, 8},
                         {4, 3, 3, 3},
                         1,
                         {2, 2},
                         {1, 1, 1, 1},
                         {},
                         {2, 3, 8, 8, 4, 3, 3, 4, 4, 1, {2, 2}, {1, 1}, {1, 1}}},
                    Conv{"Grouped",
                         {1, 6, 5, 5},
                         {4, 3, 3, 3},
                         2,
                         {},
                         {},
                         {},
                         {1, 6, 5, 5, 4, 3, 3, 3, 3, 2, {1, 1}, {0, 0}, {1, 1}}},
                    Conv{"Depthwise",
                         {1, 6, 5, 5},
                         {6, 1, 3, 3},
                         6,
                         {},
                         {1, 1, 1, 1},
                         {},
                         {1, 6, 5, 5, 6, 3, 3, 5, 5, 6, {1, 1}, {1, 1}, {1, 1}}},
                    Conv{"Dilated",
                         {1, 2, 9, 9},
                         {2, 2, 3, 3},
                         1,
                         {},
                         {2, 2, 2, 2},
                         {2, 2},
                         {1, 2, 9, 9, 2, 3, 3, 9, 9, 1, {1, 1}, {2, 2}, {2, 2}}},
                    Conv{"OneDimensional",
                         {2, 3, 10},
                         {4, 3, 3},
                         1,
                         {2},
                         {1, 1},
                         {},
                         {2, 3, 1, 10, 4, 1, 3, 1, 5, 1, {1, 2}, {0, 1}, {1, 1}}},
                    // 8 + 0 + 1 pixels give 4 outputs, as 8 + 1 + 1 do.
                    Conv{"PaddedAtTheEnd",
                         {1, 1, 8, 8},
                         {1, 1, 3, 3},
                         1,
                         {2, 2},
                         {0, 0, 1, 1},
                         {},
                         {1, 1, 8, 8, 1, 3, 3, 4, 4, 1, {2, 2}, {1, 1}, {1, 1}}},
                    // 8 + 0 + 1 pixels give 8 outputs, 8 + 1 + 1 would give 9: the padding becomes pixels.
                    Conv{"PaddedUnevenly",
                         {1, 1, 8, 8},
                         {1, 1, 2, 2},
                         1,
                         {},
                         {0, 0, 1, 1},
                         {},
                         {1, 1, 9, 9, 1, 2, 2, 8, 8, 1, {1, 1}, {0, 0}, {1, 1}}}),
    [](const auto& conv) { return std::string(conv.param.name); });

TEST_F(Onnx, automatic_padding_keeps_the_extents) {
  ModelBuilder model;
  model.input("x", {1, 2, 7, 7});
  model.weight("w", {2, 2, 3, 3});
  ModelBuilder::attribute(model.node("Conv", {"x", "w"}, {"y"}), "auto_pad", std::string("SAME_UPPER"));
  model.output("y");
  const ConvDims expected{1, 2, 7, 7, 2, 3, 3, 7, 7, 1, {1, 1}, {1, 1}, {1, 1}};
  EXPECT_EQ(import(model).trace.operations[0].conv, expected);
}

TEST_F(Onnx, a_transposed_convolution_is_a_product_whose_taps_are_added) {
  ModelBuilder model;
  model.input("data", {5, 6});
  model.weight("first", {6, 6});
  model.integers("image", {1, 6, 5, 1});
  model.node("MatMul", {"data", "first"}, {"h"});
  model.node("Reshape", {"h", "image"}, {"x"});
  model.weight("w", {6, 2, 3, 3});  // [C, K/g, R, S] with 2 groups: 4 channels come out
  auto& node = model.node("ConvTranspose", {"x", "w"}, {"y"});
  ModelBuilder::attribute(node, "group", 2);
  ModelBuilder::attribute(node, "strides", ModelBuilder::Shape{2, 2});
  model.output("y");
  const ImportResult result = import(model);
  // Per group: 5 pixels, 2 3 3 taps, 3 channels.
  EXPECT_THAT(products(result),
              ElementsAre("linear fwd 1x5x6x6", "bmm fwd 2x5x18x3", "bmm bwd_input 2x5x3x18",
                          "bmm bwd_weight 2x3x18x5", "linear bwd_weight 1x6x6x5"));
  EXPECT_THAT(lines(result), testing::Contains("add fwd 1x4x9x5"));
  EXPECT_TRUE(result.trace.operations[1].weights);
  EXPECT_EQ(result.totals.updated_parameters, 2U);
}

TEST_F(Onnx, a_convolution_over_volumes_is_named) {
  ModelBuilder model;
  model.input("x", {1, 2, 4, 4, 4});
  model.weight("w", {2, 2, 3, 3, 3});
  model.weight("v", {2, 2});
  model.node("Conv", {"x", "w"}, {"y"});
  model.node("MatMul", {"y", "v"}, {"z"});
  model.output("z");
  const ImportResult result = import(model);
  EXPECT_THAT(result.unmapped, ElementsAre(std::pair("Conv (more than 2 dimensions)", 1U)));
  EXPECT_THAT(products(result),
              ElementsAre("linear fwd 1x8x2x2", "linear bwd_input 1x8x2x2", "linear bwd_weight 1x2x2x8"));
}

struct Product {
  const char* name;
  ModelBuilder::Shape a, b;
  bool a_is_weight, b_is_weight;
  std::vector<std::string> expected;
};

class OnnxMatMul : public Onnx, public testing::WithParamInterface<Product> {};

// Activations come from a sigmoid of a parameter, so that they want a gradient.
TEST_P(OnnxMatMul, folds_the_batch_of_the_operands) {
  const Product& product = GetParam();
  ModelBuilder model;
  const auto operand = [&](const std::string& name, const ModelBuilder::Shape& shape, bool is_weight) {
    model.weight(name, shape);
    if (is_weight) return name;
    model.node("Sigmoid", {name}, {name + "s"});
    return name + "s";
  };
  const std::string a = operand("a", product.a, product.a_is_weight);
  const std::string b = operand("b", product.b, product.b_is_weight);
  model.node("MatMul", {a, b}, {"y"});
  model.output("y");
  EXPECT_EQ(products(import(model)), product.expected);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, OnnxMatMul,
    testing::Values(Product{"WeightsBehind",
                            {2, 3, 4},
                            {4, 5},
                            false,
                            true,
                            {"linear fwd 1x6x5x4", "linear bwd_input 1x6x4x5", "linear bwd_weight 1x5x4x6"}},
                    Product{"WeightsInFront",
                            {4, 5},
                            {2, 5, 3},
                            true,
                            false,
                            {"linear fwd 1x6x4x5", "linear bwd_input 1x6x5x4", "linear bwd_weight 1x4x5x6"}},
                    Product{"BothBatched",
                            {2, 8, 3, 4},
                            {2, 8, 4, 5},
                            false,
                            false,
                            {"bmm fwd 16x3x5x4", "bmm bwd_input 16x3x4x5", "bmm bwd_weight 16x4x5x3"}},
                    // One B for all 16 batches: 16 times the rows.
                    Product{"SecondShared",
                            {2, 8, 3, 4},
                            {4, 5},
                            false,
                            false,
                            {"bmm fwd 1x48x5x4", "bmm bwd_input 1x48x4x5", "bmm bwd_weight 1x4x5x48"}},
                    Product{"FirstShared",
                            {3, 4},
                            {2, 8, 4, 5},
                            false,
                            false,
                            {"bmm fwd 1x3x80x4", "bmm bwd_input 1x3x4x80", "bmm bwd_weight 1x4x80x3"}},
                    Product{"EachSharedInPart",
                            {2, 1, 3, 4},
                            {1, 8, 4, 5},
                            false,
                            false,
                            {"bmm fwd 16x3x5x4", "bmm bwd_input 16x3x4x5", "bmm bwd_weight 16x4x5x3"}},
                    Product{"BatchedWeights",
                            {8, 3, 4},
                            {8, 4, 5},
                            false,
                            true,
                            {"bmm fwd 8x3x5x4", "bmm bwd_input 8x3x4x5", "bmm bwd_weight 8x4x5x3"}},
                    Product{"Vector",
                            {3, 4},
                            {4},
                            false,
                            false,
                            {"bmm fwd 1x3x1x4", "bmm bwd_input 1x3x4x1", "bmm bwd_weight 1x4x1x3"}}),
    [](const auto& product) { return std::string(product.param.name); });

TEST_F(Onnx, attention_is_two_products_with_a_softmax_between_them) {
  ModelBuilder model;
  model.input("x", {2, 16, 24});
  model.integers("heads", {0, 0, 4, 6});
  for (const std::string name : {"q", "k", "v"}) {
    model.weight(name, {24, 24});
    model.node("MatMul", {"x", name}, {name + "1"});
    model.node("Reshape", {name + "1", "heads"}, {name + "2"});
    ModelBuilder::attribute(model.node("Transpose", {name + "2"}, {name + "3"}), "perm",
                            name == "k" ? ModelBuilder::Shape{0, 2, 3, 1} : ModelBuilder::Shape{0, 2, 1, 3});
  }
  model.node("MatMul", {"q3", "k3"}, {"scores"});
  model.node("Softmax", {"scores"}, {"p"});
  model.node("MatMul", {"p", "v3"}, {"y"});
  model.output("y");
  const ImportResult result = import(model);
  EXPECT_THAT(lines(result), testing::IsSupersetOf({"bmm fwd 8x16x16x6", "softmax fwd 2x4x16x16",
                                                    "bmm fwd 8x16x6x16", "softmax bwd 2x4x16x16"}));
  // Projections 3 x 32 24 24, scores and mixture 8 x 16 16 6 each; no gradient of x.
  const std::uint64_t projections = 3 * 32 * 24 * 24;
  const std::uint64_t attention = 2 * 8 * 16 * 16 * 6;
  EXPECT_THAT(result.totals.macs, ElementsAre(projections + attention, attention, projections + attention));
}

TEST_F(Onnx, layer_normalisation_and_gelu_written_as_formulas_are_found) {
  ModelBuilder model(13);
  model.input("tokens", {4, 6});
  model.weight("w", {6, 8});
  for (const char* name : {"scale", "bias"}) model.weight(name, {8});
  model.number("two", 2);
  model.number("epsilon", 1e-5F);
  model.number("root_two", 1.41421356F);
  model.number("one", 1);
  model.number("half", 0.5F);
  model.node("MatMul", {"tokens", "w"}, {"x"});
  const auto mean = [&](const char* in, const char* out) {
    ModelBuilder::attribute(model.node("ReduceMean", {in}, {out}), "axes", ModelBuilder::Shape{-1});
  };
  mean("x", "m");
  model.node("Sub", {"x", "m"}, {"d"});
  model.node("Pow", {"d", "two"}, {"d2"});
  mean("d2", "v");
  model.node("Add", {"v", "epsilon"}, {"ve"});
  model.node("Sqrt", {"ve"}, {"sd"});
  model.node("Div", {"d", "sd"}, {"n"});
  model.node("Mul", {"n", "scale"}, {"ns"});
  model.node("Add", {"ns", "bias"}, {"norm"});
  model.node("Div", {"norm", "root_two"}, {"g1"});
  model.node("Erf", {"g1"}, {"g2"});
  model.node("Add", {"g2", "one"}, {"g3"});
  model.node("Mul", {"norm", "g3"}, {"g4"});
  model.node("Mul", {"g4", "half"}, {"y"});
  model.output("y");
  const ImportResult result = import(model);
  EXPECT_THAT(lines(result),
              ElementsAre("linear fwd 1x4x8x6", "layer_norm fwd 4x8", "gelu fwd 4x8",         //
                          "gelu bwd 4x8", "layer_norm bwd 4x8", "linear bwd_weight 1x8x6x4",  //
                          "update update 8", "update update 8", "update update 6x8"));
  EXPECT_THAT(result.unmapped, IsEmpty());
}

TEST_F(Onnx, gelu_by_tanh_and_silu_written_as_formulas_are_found) {
  ModelBuilder model;
  model.input("tokens", {4, 6});
  model.weight("w", {6, 8});
  model.number("three", 3);
  model.number("c1", 0.044715F);
  model.number("c2", 0.79788456F);
  model.number("one", 1);
  model.number("half", 0.5F);
  model.node("MatMul", {"tokens", "w"}, {"x"});
  model.node("Pow", {"x", "three"}, {"x3"});
  model.node("Mul", {"x3", "c1"}, {"t"});
  model.node("Add", {"x", "t"}, {"s"});
  model.node("Mul", {"s", "c2"}, {"u"});
  model.node("Tanh", {"u"}, {"th"});
  model.node("Add", {"th", "one"}, {"th1"});
  model.node("Mul", {"x", "half"}, {"h"});
  model.node("Mul", {"h", "th1"}, {"g"});
  model.node("Sigmoid", {"g"}, {"sg"});
  model.node("Mul", {"g", "sg"}, {"y"});
  model.output("y");
  EXPECT_THAT(lines(import(model)),
              ElementsAre("linear fwd 1x4x8x6", "gelu fwd 4x8", "silu fwd 4x8", "silu bwd 4x8",
                          "gelu bwd 4x8", "linear bwd_weight 1x8x6x4", "update update 6x8"));
}

// The same formula, but its middle is an output of the model too.
TEST_F(Onnx, a_formula_whose_parts_are_read_elsewhere_stays_as_it_is) {
  ModelBuilder model;
  model.weight("x", {4, 8});
  model.node("Sigmoid", {"x"}, {"s"});
  model.node("Mul", {"x", "s"}, {"y"});
  model.output("y");
  model.output("s");
  EXPECT_THAT(lines(import(model)), testing::IsSupersetOf({"sigmoid fwd 4x8", "mul fwd 4x8", "mul bwd 4x8"}));
}

TEST_F(Onnx, parts_of_a_value_need_no_addition_of_their_gradients) {
  ModelBuilder model;
  model.weight("w", {4, 6});
  model.node("Relu", {"w"}, {"h"});
  model.integers("zero", {0});
  model.integers("three", {3});
  model.integers("six", {6});
  model.integers("axis", {1});
  model.node("Slice", {"h", "zero", "three", "axis"}, {"a"});
  model.node("Slice", {"h", "three", "six", "axis"}, {"b"});
  model.node("Mul", {"a", "b"}, {"y"});
  model.output("y");
  EXPECT_THAT(lines(import(model)),
              ElementsAre("relu fwd 4x6", "mul fwd 4x3", "mul bwd 4x3", "relu bwd 4x6", "update update 4x6"));
}

TEST_F(Onnx, a_broadcast_operand_has_its_gradient_summed) {
  ModelBuilder model;
  model.input("x", {4, 6});
  model.weight("w", {6});
  model.weight("v", {6});
  model.node("Mul", {"x", "w"}, {"m"});
  model.node("Sub", {"m", "v"}, {"y"});
  model.output("y");
  EXPECT_THAT(lines(import(model)),
              ElementsAre("mul fwd 4x6", "sub fwd 4x6", "sub bwd 4x6", "sum bwd 4x6", "mul bwd 4x6",
                          "sum bwd 4x6", "update update 6", "update update 6"));
}

TEST_F(Onnx, rows_of_a_table_are_an_embedding) {
  ModelBuilder model;
  model.input("tokens", {2, 5}, ModelBuilder::kInteger);
  model.weight("table", {100, 8});
  model.node("Gather", {"table", "tokens"}, {"y"});
  model.output("y");
  EXPECT_THAT(lines(import(model)),
              ElementsAre("embedding fwd 2x5x8", "embedding bwd 2x5x8", "update update 100x8"));
}

TEST_F(Onnx, an_operator_without_a_native_one_is_named_and_passes_gradients_on) {
  ModelBuilder model;
  model.input("x", {4, 6});
  model.weight("w", {6, 8});
  model.node("MatMul", {"x", "w"}, {"h"});
  model.node("Softplus", {"h"}, {"y"});
  model.node("Magic", {"y"}, {"z"}).set_domain("org.example");
  auto& opset = *model.model.add_opset_import();
  opset.set_domain("org.example");
  opset.set_version(1);
  model.output("z");
  const ImportResult result = import(model);
  EXPECT_THAT(result.unmapped, ElementsAre(std::pair("Softplus", 1U), std::pair("org.example.Magic", 1U)));
  EXPECT_EQ(result.totals.updated_parameters, 1U);
}

// As PyTorch exports a view of a batch of open size: the extents are read, picked, divided and put together.
TEST_F(Onnx, open_dimensions_take_their_sizes_through_computed_shapes) {
  ModelBuilder model;
  model.open_input("x", {"batch", "seq", "8"});
  model.weight("w", {4, 12});
  model.integers("first", {0});
  model.integers("second", {1});
  model.integers("two", {2});
  model.integers("minus_one", {-1});
  model.node("Shape", {"x"}, {"shape"});
  model.node("Gather", {"shape", "first"}, {"batch_size"});
  model.node("Gather", {"shape", "second"}, {"length"});
  model.node("Mul", {"length", "two"}, {"doubled"});
  model.node("Div", {"doubled", "second"}, {"halves"});
  ModelBuilder::attribute(model.node("Concat", {"batch_size", "halves", "minus_one"}, {"target"}), "axis", 0);
  model.node("Reshape", {"x", "target"}, {"v"});
  model.node("MatMul", {"v", "w"}, {"y"});
  model.output("y");
  const ImportResult result = import(model, {.dimensions = {{"batch", 3}, {"seq", 5}}});
  // 3 sequences of 5 tokens of 8 values: 30 rows of 4.
  EXPECT_THAT(products(result), ElementsAre("linear fwd 1x30x12x4", "linear bwd_weight 1x12x4x30"));
}

TEST_F(Onnx, a_dimension_without_a_name_is_named_by_its_place) {
  ModelBuilder model;
  model.open_input("x", {"", "6"});
  model.weight("w", {6, 5});
  model.node("MatMul", {"x", "w"}, {"y"});
  model.output("y");
  const ImportResult result = import(model, {.dimensions = {{"x[0]", 7}}});
  EXPECT_THAT(products(result), ElementsAre("linear fwd 1x7x5x6", "linear bwd_weight 1x5x6x7"));
}

TEST_F(Onnx, layers_are_the_nodes_names_made_unique) {
  ModelBuilder model;
  model.weight("w", {4, 4});
  model.node("Relu", {"w"}, {"a"}).set_name("/block/act");
  model.node("Relu", {"a"}, {"b"}).set_name("/block/act");
  model.node("Relu", {"b"}, {"c"});
  model.output("c");
  const ImportResult result = import(model);
  EXPECT_EQ(result.trace.operations[0].layer, "block/act");
  EXPECT_EQ(result.trace.operations[1].layer, "block/act_1");
  EXPECT_EQ(result.trace.operations[2].layer, "Relu_1");
}

}  // namespace
}  // namespace lnsim
