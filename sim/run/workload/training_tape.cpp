#include "sim/run/workload/training_tape.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/run/trace/trace_formulas.h"

namespace lnsim {

namespace {

enum class Transposed : std::uint8_t { none, a, b };

TraceOperation line(const std::string& layer, const std::string& op, Pass pass) {
  TraceOperation operation;
  operation.layer = layer;
  operation.op = op;
  operation.pass = pass;
  return operation;
}

TraceOperation vector_line(const std::string& layer, const std::string& op, Pass pass,
                           TrainingTape::Shape shape) {
  TraceOperation operation = line(layer, op, pass);
  operation.shape = std::move(shape);
  return operation;
}

TraceOperation gemm_line(const std::string& layer, const std::string& op, Pass pass, GemmDims gemm,
                         Transposed transposed) {
  TraceOperation operation = line(layer, op, pass);
  operation.gemm = gemm;
  operation.macs = gemm_macs(gemm).value();
  operation.a_transposed = transposed == Transposed::a;
  operation.b_transposed = transposed == Transposed::b;
  return operation;
}

TraceOperation conv_line(const std::string& layer, const ConvDims& dims, Pass pass) {
  TraceOperation operation = line(layer, "conv2d", pass);
  operation.conv = dims;
  operation.gemm = conv_gemm(dims, pass);
  operation.macs = conv_macs(dims).value();
  return operation;
}

TraceOperation update_line(const std::string& layer, const char* role, TrainingTape::Shape shape) {
  TraceOperation operation = vector_line(layer, "update", Pass::update, std::move(shape));
  operation.update.emplace();
  operation.update->parameter = fmt::format("{}.{}", layer, role);
  return operation;
}

TraceOperation linear_forward(const std::string& layer, const LinearDims& d) {
  return gemm_line(layer, "linear", Pass::forward, {1, d.rows, d.outputs, d.inputs}, Transposed::b);
}
TraceOperation linear_input_gradient(const std::string& layer, const LinearDims& d) {
  return gemm_line(layer, "linear", Pass::input_gradient, {1, d.rows, d.inputs, d.outputs}, Transposed::none);
}
TraceOperation linear_weight_gradient(const std::string& layer, const LinearDims& d) {
  return gemm_line(layer, "linear", Pass::weight_gradient, {1, d.outputs, d.inputs, d.rows}, Transposed::a);
}

}  // namespace

void TrainingTape::record(TraceOperation forward, Step step) {
  forward_.push_back(std::move(forward));
  steps_.push_back(std::move(step));
}

void TrainingTape::linear(const std::string& layer, LinearDims dims) {
  record(linear_forward(layer, dims),
         {{linear_input_gradient(layer, dims), linear_weight_gradient(layer, dims),
           vector_line(layer, "sum", Pass::backward, {dims.rows, dims.outputs})},
          {update_line(layer, "bias", {dims.outputs}),
           update_line(layer, "weight", {dims.outputs, dims.inputs})}});
}

void TrainingTape::matmul(const std::string& layer, LinearDims dims, WeightOwner owner) {
  Step step{{linear_weight_gradient(layer, dims), linear_input_gradient(layer, dims)}, {}};
  if (owner == WeightOwner::this_layer) {
    step.updates.push_back(update_line(layer, "weight", {dims.outputs, dims.inputs}));
  }
  record(linear_forward(layer, dims), std::move(step));
}

void TrainingTape::convolution(const std::string& layer, const ConvDims& dims, InputGradient input_gradient) {
  Step step;
  if (input_gradient == InputGradient::needed) {
    step.backward.push_back(conv_line(layer, dims, Pass::input_gradient));
  }
  step.backward.push_back(conv_line(layer, dims, Pass::weight_gradient));
  step.updates.push_back(update_line(layer, "weight", {dims.k, dims.c / dims.groups, dims.r, dims.s}));
  record(conv_line(layer, dims, Pass::forward), std::move(step));
}

void TrainingTape::batched_product(const std::string& layer, GemmDims d) {
  TraceOperation forward = gemm_line(layer, "bmm", Pass::forward, d, Transposed::none);
  TraceOperation of_a =
      gemm_line(layer, "bmm", Pass::input_gradient, {d.batch, d.m, d.k, d.n}, Transposed::b);
  TraceOperation of_b =
      gemm_line(layer, "bmm", Pass::weight_gradient, {d.batch, d.k, d.n, d.m}, Transposed::a);
  of_a.operand = "a";
  of_b.operand = "b";
  for (TraceOperation* operation : {&forward, &of_a, &of_b}) operation->weights = false;
  record(std::move(forward), {{std::move(of_b), std::move(of_a)}, {}});
}

void TrainingTape::vector(const std::string& layer, const std::string& op, Shape shape) {
  record(vector_line(layer, op, Pass::forward, shape), {{vector_line(layer, op, Pass::backward, shape)}, {}});
}

void TrainingTape::normalisation(const std::string& layer, const std::string& op, Shape shape,
                                 std::int64_t channels) {
  record(vector_line(layer, op, Pass::forward, shape),
         {{vector_line(layer, op, Pass::backward, shape)},
          {update_line(layer, "weight", {channels}), update_line(layer, "bias", {channels})}});
}

void TrainingTape::add_parameter(const std::string& layer, Shape shape, Shape parameter) {
  record(vector_line(layer, "add", Pass::forward, shape),
         {{vector_line(layer, "sum", Pass::backward, shape)},
          {update_line(layer, "bias", std::move(parameter))}});
}

void TrainingTape::embedding(const std::string& layer, Shape shape, Shape table, TableUse use) {
  Step step{{vector_line(layer, "embedding", Pass::backward, shape)}, {update_line(layer, "weight", table)}};
  if (use == TableUse::also_vocabulary_head) {
    step.backward.push_back(vector_line(layer, "add", Pass::backward, table));
  }
  record(vector_line(layer, "embedding", Pass::forward, shape), std::move(step));
}

void TrainingTape::fork(const std::string& layer, Shape shape) {
  steps_.push_back({{vector_line(layer, "add", Pass::backward, std::move(shape))}, {}});
}

void TrainingTape::join(const std::string& layer, Shape shape) {
  forward_.push_back(vector_line(layer, "add", Pass::forward, std::move(shape)));
}

std::vector<TraceOperation> TrainingTape::iteration() const {
  std::vector<TraceOperation> operations = forward_;
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    operations.insert(operations.end(), step->backward.begin(), step->backward.end());
  }
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    operations.insert(operations.end(), step->updates.begin(), step->updates.end());
  }
  for (std::size_t i = 0; i < operations.size(); ++i) operations[i].index = static_cast<std::int64_t>(i);
  return operations;
}

}  // namespace lnsim
