// Replay in a chain: what a product of the iteration made on the machine is what those behind it take,
// instead of the recorded tensor. Between two products the operators without one are computed by their
// definitions (vector_reference.h) in double precision; values are rounded where a product's post-processing
// unit emits them and where they become operands again.
//
// Values flow by name: a line makes those in its `out`, and who reads one of these names takes the newest.
// Values that are composed of others (ComposedValue) are put together when they are read. A backward line of
// an operator without a product takes the operands of the one forward line with its layer and operator. The
// gradient of a weight update is the value of that name; where there is none, the result of the weight
// gradient pass of the layer that reads the weights, where one layer does.
//
// Where a trace does not say how values flow, or an operator is not among those that are computed, the chain
// is cut: it starts again from the recorded operand, and its origin says why.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/run/trace/trace.h"

namespace lnsim {

// Where an operand came from.
struct OperandOrigin {
  std::string operand;  // a, b; of an update: dw
  std::string tensor;   // its key in the trace
  bool simulated = false;
  bool cut = false;     // the machine's values do not reach it, though they should
  std::string because;  // why it is the recorded one; empty for simulated ones
};

// A place where the machine's values end though the iteration goes on: a value that is not followed, or an
// operator that is not computed.
struct ChainCut {
  std::string at;
  std::string because;
};

// Operations must be given in the order of the trace. Keeps all values of the iteration in memory, 8 bytes
// each. Reading tensors throws what TensorStore does.
class Chain {
 public:
  // Both must outlive it.
  Chain(const Trace& trace, const TensorStore& store) : trace_(&trace), store_(&store) {}

  // The value that an operand takes; nothing where it is the recorded one.
  std::optional<std::vector<double>> operand(const std::string& key) const;
  std::optional<std::vector<double>> gradient(const TraceOperation& update) const;

  // Of both operands of a product, of an update's gradient.
  std::vector<OperandOrigin> origins(const TraceOperation& operation) const;

  // What a product's post-processing unit emitted, in C order. Adds the bias.
  void add_result(const TraceOperation& product, std::vector<double> values);

  // Computes an operator without a product. Gives why it cannot be computed; nothing when it is, or when its
  // results are composed of others.
  std::optional<std::string> compute(const TraceOperation& operation);

 private:
  struct Value {
    std::vector<double> values;
    bool simulated = false;  // a product of the machine is behind it
    std::string cut;         // why a recorded tensor is behind it where the machine's values should be
  };

  OperandOrigin origin(std::string operand, const std::string& tensor, const std::string& source) const;
  std::string gradient_source(const TraceOperation& update) const;
  bool fits(const std::string& tensor, const Value& value) const;
  // What made the value, or what it is composed of, if a product is behind it.
  std::optional<std::vector<double>> simulated(const std::string& name, const std::string& tensor) const;
  // Throws std::invalid_argument when it is not known.
  Value value(const std::string& name) const;
  Value composed(const std::string& name, const ComposedValue& composition) const;
  const TraceOperation& forward_of(const TraceOperation& backward) const;
  // One value, of a forward line; the gradients, of a backward line.
  std::vector<Value> computed(const TraceOperation& operation) const;

  const Trace* trace_;
  const TensorStore* store_;
  std::map<std::string, Value> values_;
  mutable std::map<std::string, Value> composed_;  // those that have been read
  std::map<std::string, std::string> failures_;    // by the name of a value: why it could not be computed
};

}  // namespace lnsim
