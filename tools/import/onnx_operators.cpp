#include "tools/import/onnx_operators.h"

#include <array>

#include "tools/import/named_rows.h"

namespace lnsim::onnx {

namespace {

constexpr WorkShape kIn = WorkShape::first_input;
constexpr WorkShape kOut = WorkShape::first_output;
constexpr unsigned kFirst = 1;
constexpr unsigned kFirstThree = 7;  // normalisation: input, scale, bias

constexpr auto kVectorOperators = std::to_array<VectorOperator>({
    {"BatchNormalization", "batch_norm", kIn, kFirstThree},
    {"InstanceNormalization", "group_norm", kIn, kFirstThree},
    {"GroupNormalization", "group_norm", kIn, kFirstThree},
    {"LayerNormalization", "layer_norm", kIn, kFirstThree},
    {"Relu", "relu", kIn, kFirst},
    {"Clip", "relu", kIn, kFirst},
    {"Gelu", "gelu", kIn, kFirst},
    {"com.microsoft.Gelu", "gelu", kIn, kFirst},
    {"com.microsoft.FastGelu", "gelu", kIn, kFirst},
    {"Tanh", "tanh", kIn, kFirst},
    {"Sigmoid", "sigmoid", kIn, kFirst},
    {"Silu", "silu", kIn, kFirst},
    {"Softmax", "softmax", kIn, kFirst},
    {"LogSoftmax", "log_softmax", kIn, kFirst},
    {"MaxPool", "max_pool2d", kIn, kFirst},
    {"AveragePool", "avg_pool2d", kIn, kFirst},
    {"GlobalAveragePool", "adaptive_avg_pool2d", kIn, kFirst},
    {"GlobalMaxPool", "max_pool2d", kIn, kFirst},
    {"ReduceSum", "sum", kIn, kFirst},
    {"ReduceMean", "mean", kIn, kFirst},
    {"ReduceMax", "reduce", kIn, kFirst},
    {"ReduceMin", "reduce", kIn, kFirst},
    {"Dropout", "dropout", kIn, kFirst},
    {"Neg", "scale", kIn, kFirst},
    {"SoftmaxCrossEntropyLoss", "cross_entropy", kIn, kFirst},
    {"NegativeLogLikelihoodLoss", "nll_loss", kIn, kFirst},
    {"Where", "scale", kOut, 6},  // either of the last two, as masked_fill
});

constexpr auto kRelays = std::to_array<std::string_view>({
    "Cast",
    "CastLike",
    "DequantizeLinear",
    "Flatten",
    "Identity",
    "Reshape",
    "Squeeze",
    "Transpose",
    "Unsqueeze",
});

constexpr auto kMoves = std::to_array<std::string_view>({
    "Compress",      "Concat",         "Constant",        "ConstantOfShape", "DepthToSpace", "EyeLike",
    "Gather",        "GatherElements", "GatherND",        "OneHot",          "Pad",          "RandomNormal",
    "RandomUniform", "Range",          "ReverseSequence", "ScatterElements", "ScatterND",    "Shape",
    "Size",          "Slice",          "SpaceToDepth",    "Split",           "Tile",         "Trilu",
});

}  // namespace

const VectorOperator* find_vector_operator(std::string_view name) {
  return find_named(kVectorOperators, name);
}

bool moves_data_only(std::string_view name) {
  return contains(kMoves, name) || relays_its_first_input(name);
}

bool relays_its_first_input(std::string_view name) {
  return contains(kRelays, name);
}

}  // namespace lnsim::onnx
