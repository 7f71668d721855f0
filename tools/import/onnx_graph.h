// An ONNX model as the importer sees it: values with shapes, nodes in order of execution.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/import/import.h"

namespace lnsim::onnx {

using Shape = std::vector<std::int64_t>;

inline constexpr std::size_t kNoValue = std::numeric_limits<std::size_t>::max();

// What a value is in a training iteration. Parameters are trained; frozen ones and constants are given.
enum class Role : std::uint8_t { activation, data, constant, parameter, frozen };

struct Value {
  std::string name;
  std::optional<Shape> shape;  // every extent from 1 to 2^31; nothing: not known, or empty
  bool integral = false;       // integers, booleans or text: an index, a mask or a counter
  Role role = Role::activation;
  std::optional<double> number;   // of a constant with one element
  std::size_t source = kNoValue;  // the parameter or constant that it is, perhaps in another layout
};

struct Node {
  std::string op;                            // with its domain in front unless it is ONNX's own
  std::string name;                          // of its own in the graph: the layer
  std::vector<std::size_t> inputs, outputs;  // values; kNoValue for an argument that is left out
  std::map<std::string, std::vector<std::int64_t>> integers;
  std::map<std::string, std::string> texts;

  // Nothing beyond the last argument.
  std::size_t input(std::size_t position) const {
    return position < inputs.size() ? inputs[position] : kNoValue;
  }
  std::size_t output(std::size_t position) const {
    return position < outputs.size() ? outputs[position] : kNoValue;
  }
  std::int64_t integer(const std::string& attribute, std::int64_t otherwise) const {
    const auto found = integers.find(attribute);
    return found == integers.end() || found->second.empty() ? otherwise : found->second.front();
  }
};

struct Graph {
  std::vector<Value> values;
  std::vector<Node> nodes;
  std::vector<std::size_t> outputs;
  std::string producer;
  std::int64_t opset = 0;
  std::vector<std::string> notes;  // what was assumed of its inputs
};

// Reads a model, gives open dimensions their sizes and infers all shapes. Throws UserError for a file that is
// no ONNX model, whose dimensions stay open, or whose shapes contradict each other.
Graph read_graph(const std::filesystem::path& path, const ImportOptions& options);

// Replaces what exporters write in pieces by one operator: layer normalisation, GELU (by erf and by tanh),
// SiLU, and a product with its bias (a MatMul of three operands).
void fuse_operators(Graph& graph);

}  // namespace lnsim::onnx
