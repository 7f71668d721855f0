// A training iteration as a framework executes it, written down from the forward pass alone.
//
// Each call appends a forward line and leaves on the tape the backward lines it causes and the parameters it
// trains. The iteration is the forward lines in the order of the calls; the backward lines of each call in
// the reverse order of the calls; then one update per parameter, in the order in which their gradients came.
// Shapes only. Within a call, backward lines stand in the order in which PyTorch executes them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/run/trace/trace.h"
#include "sim/run/workload/iteration_lines.h"

namespace lnsim {

// What reaches the first layer with weights is data: nothing needs its gradient.
enum class InputGradient : std::uint8_t { needed, not_needed };

// Whether a layer has a weight of its own or reads the embedding table, which has its update elsewhere.
enum class WeightOwner : std::uint8_t { this_layer, embedding };
enum class TableUse : std::uint8_t { embedding_only, also_vocabulary_head };

class TrainingTape {
 public:
  using Shape = std::vector<std::int64_t>;

  // y[rows, outputs] = x[rows, inputs] w[outputs, inputs]^T + bias; the bias is part of the product, its
  // gradient a sum over the rows.
  void linear(const std::string& layer, LinearDims dims);
  // The same without a bias.
  void matmul(const std::string& layer, LinearDims dims, WeightOwner owner);
  // Without a bias.
  void convolution(const std::string& layer, const ConvDims& dims, InputGradient input_gradient);
  // Both operands are activations.
  void batched_product(const std::string& layer, GemmDims dims);

  // One sweep each way, no parameters.
  void vector(const std::string& layer, const std::string& op, Shape shape);
  // Weight and bias per channel.
  void normalisation(const std::string& layer, const std::string& op, Shape shape, std::int64_t channels);
  // Adds a parameter that is broadcast to `shape`; its gradient is a sum.
  void add_parameter(const std::string& layer, Shape shape, Shape parameter);
  void embedding(const std::string& layer, Shape shape, Shape table, TableUse use);

  // From here `shape` goes two ways, which `join` adds: the way back adds the gradients of both ways here,
  // and costs nothing there.
  void fork(const std::string& layer, Shape shape);
  void join(const std::string& layer, Shape shape);

  std::vector<TraceOperation> iteration() const;

 private:
  struct Step {
    std::vector<TraceOperation> backward;
    std::vector<TraceOperation> updates;
  };

  void record(TraceOperation forward, Step step);

  std::vector<TraceOperation> forward_;
  std::vector<Step> steps_;
};

}  // namespace lnsim
