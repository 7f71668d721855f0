// What one node of an ONNX graph does in a training iteration.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/run/trace/trace.h"
#include "tools/import/onnx_graph.h"

namespace lnsim::onnx {

struct Derivation {
  struct Gradient {
    std::size_t value;                  // an input of the node
    std::vector<TraceOperation> lines;  // empty: it costs nothing
    // Of how many elements, where the node reads only a part of the value; nothing: of all.
    std::optional<std::int64_t> part = std::nullopt;
  };

  std::vector<TraceOperation> forward;
  std::vector<TraceOperation> backward;  // once, if any of the gradients is wanted
  std::vector<Gradient> gradients;       // of the inputs that can have one, in the order of execution
  std::string unmapped;                  // not empty: what the trace leaves out, and why
};

Derivation derive(const Graph& graph, const Node& node);

// Convolutions and matrix products.
bool is_product(const std::string& op);
Derivation derive_product(const Graph& graph, const Node& node);

// What has a gradient but no line of its own: an operator that is left out, or moves data.
Derivation derive_nothing(const Graph& graph, const Node& node);
Derivation leave_out(const Graph& graph, const Node& node, std::string_view why);

// The gradient of an operand that was broadcast to `shape` is a sum over it.
std::vector<TraceOperation> sum_if_broadcast(const Graph& graph, const Node& node, std::size_t operand,
                                             const Shape& shape);

// 0 for a shape that is not known, and for kNoValue.
std::int64_t elements_of(const Graph& graph, std::size_t value);
const std::optional<Shape>& shape_of(const Graph& graph, std::size_t value);  // nothing for kNoValue

// Whether the value is a parameter or a constant, perhaps in another layout.
bool is_weight(const Graph& graph, std::size_t value);

}  // namespace lnsim::onnx
