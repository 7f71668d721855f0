// Derives the training iteration of an ONNX graph: forward, gradients from its end, updates.
#pragma once

#include <string>
#include <vector>

#include "tools/import/import.h"
#include "tools/import/onnx_derivation.h"
#include "tools/import/onnx_graph.h"

namespace lnsim::onnx {

class IterationImporter {
 public:
  // Appends to the result's trace, `unmapped` and `notes`.
  IterationImporter(const Graph& graph, ImportResult& result);

  void run();

 private:
  struct Step {
    const Node* node;
    Derivation derivation;
  };

  void forward();
  void backward();
  void backward_of(const Step& step);
  void add_gradient(const Derivation::Gradient& gradient, const std::string& layer);
  void append_updates();
  void note_what_is_not_trained();
  void append(const std::vector<TraceOperation>& lines);

  const Graph& graph_;
  ImportResult& result_;
  std::vector<Step> steps_;
  std::vector<bool> wants_gradient_;         // by value: something in front of it is trained
  std::vector<bool> has_gradient_;           // by value
  std::vector<std::int64_t> covered_;        // by value: elements of gradients that came
  std::vector<std::string> gradient_layer_;  // by value: whose gradient it was first
  std::vector<std::size_t> trained_;         // parameters, in the order of their gradients
};

}  // namespace lnsim::onnx
