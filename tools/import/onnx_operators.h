// What ONNX's operators are in a native trace.
#pragma once

#include <cstdint>
#include <string_view>

namespace lnsim::onnx {

// The tensor whose shape an operator without a product works on.
enum class WorkShape : std::uint8_t { first_input, first_output };

// An operator that is one sweep each way.
struct VectorOperator {
  std::string_view name;    // ONNX's
  std::string_view native;  // the operator table's
  WorkShape shape;
  // Arguments that get a gradient, as bits: 1 the first, 2 the second, ... Others are statistics, bounds or
  // indices.
  unsigned differentiable;
};

// Nothing for an operator that is not in the table.
const VectorOperator* find_vector_operator(std::string_view name);

// Operators that view, copy, cast or make tensors and compute nothing: an operand is read in any layout, so
// a copy into another one is no work.
bool moves_data_only(std::string_view name);

// Of those, the ones whose output is their first input with other extents, order or type.
bool relays_its_first_input(std::string_view name);

}  // namespace lnsim::onnx
