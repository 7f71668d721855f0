#include "sim/run/workload/training_tape.h"

#include <fmt/format.h>

#include <utility>

namespace lnsim {

namespace {

std::string parameter_of(const std::string& layer, const char* role) {
  return fmt::format("{}.{}", layer, role);
}

}  // namespace

void TrainingTape::record(TraceOperation forward, Step step) {
  forward_.push_back(std::move(forward));
  steps_.push_back(std::move(step));
}

void TrainingTape::linear(const std::string& layer, LinearDims dims) {
  record(linear_line(layer, dims, Pass::forward),
         {{linear_line(layer, dims, Pass::input_gradient), linear_line(layer, dims, Pass::weight_gradient),
           vector_line(layer, "sum", Pass::backward, {dims.rows, dims.outputs})},
          {update_line(layer, parameter_of(layer, "bias"), {dims.outputs}),
           update_line(layer, parameter_of(layer, "weight"), {dims.outputs, dims.inputs})}});
}

void TrainingTape::matmul(const std::string& layer, LinearDims dims, WeightOwner owner) {
  Step step{{linear_line(layer, dims, Pass::weight_gradient), linear_line(layer, dims, Pass::input_gradient)},
            {}};
  if (owner == WeightOwner::this_layer) {
    step.updates.push_back(update_line(layer, parameter_of(layer, "weight"), {dims.outputs, dims.inputs}));
  }
  record(linear_line(layer, dims, Pass::forward), std::move(step));
}

void TrainingTape::convolution(const std::string& layer, const ConvDims& dims, InputGradient input_gradient) {
  Step step;
  if (input_gradient == InputGradient::needed) {
    step.backward.push_back(conv_line(layer, dims, Pass::input_gradient));
  }
  step.backward.push_back(conv_line(layer, dims, Pass::weight_gradient));
  step.updates.push_back(
      update_line(layer, parameter_of(layer, "weight"), {dims.k, dims.c / dims.groups, dims.r, dims.s}));
  record(conv_line(layer, dims, Pass::forward), std::move(step));
}

void TrainingTape::batched_product(const std::string& layer, GemmDims dims) {
  record(batched_line(layer, dims, Pass::forward, false),
         {{batched_line(layer, dims, Pass::weight_gradient, false),
           batched_line(layer, dims, Pass::input_gradient, false)},
          {}});
}

void TrainingTape::vector(const std::string& layer, const std::string& op, Shape shape) {
  record(vector_line(layer, op, Pass::forward, shape), {{vector_line(layer, op, Pass::backward, shape)}, {}});
}

void TrainingTape::normalisation(const std::string& layer, const std::string& op, Shape shape,
                                 std::int64_t channels) {
  record(vector_line(layer, op, Pass::forward, shape),
         {{vector_line(layer, op, Pass::backward, shape)},
          {update_line(layer, parameter_of(layer, "weight"), {channels}),
           update_line(layer, parameter_of(layer, "bias"), {channels})}});
}

void TrainingTape::add_parameter(const std::string& layer, Shape shape, Shape parameter) {
  record(vector_line(layer, "add", Pass::forward, shape),
         {{vector_line(layer, "sum", Pass::backward, shape)},
          {update_line(layer, parameter_of(layer, "bias"), std::move(parameter))}});
}

void TrainingTape::embedding(const std::string& layer, Shape shape, Shape table, TableUse use) {
  Step step{{vector_line(layer, "embedding", Pass::backward, shape)},
            {update_line(layer, parameter_of(layer, "weight"), table)}};
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
