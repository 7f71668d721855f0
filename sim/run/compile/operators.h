// The operator table: what each operator of a trace costs on this machine.
//
// Operators with multiplications (conv2d, linear, matmul, bmm) are lowered to products. All others run on the
// vector units of the PEs: per element of the traced shape, a number of elementary operations (add, multiply,
// compare, one step of a table or series), and tensors read and written. Counts of operations are our choice,
// made for a unit that adds, multiplies, compares and interpolates in one step; each row says what they are.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/run/compile/product.h"
#include "sim/run/trace/trace.h"

namespace lnsim {

// A tensor moved by an operator: elements = elements of the traced shape / divisor, at least one.
struct TensorUse {
  TensorKind kind = TensorKind::activation;
  std::uint32_t divisor = 1;
};

// One sweep over the data. A reduction whose result every element needs takes two sweeps.
struct VectorSweep {
  std::uint32_t operations = 1;  // per element of the traced shape
  std::span<const TensorUse> reads;
  std::span<const TensorUse> writes;
};

struct VectorOperator {
  std::string_view name;
  Pass pass;
  std::span<const VectorSweep> sweeps;  // all read the same tensors
  std::string_view what;
};

enum class OperatorKind : std::uint8_t { product, vector, update };

std::span<const VectorOperator> vector_operators();
std::vector<std::string> operator_names();  // all, each once, in table order

// Throws UserError, at the trace line, for an operator that is not in the table, with the nearest one that
// is.
OperatorKind operator_kind(const TraceOperation& operation, const Trace& trace);
// Throws UserError, at the trace line, when the operator has no such pass.
const VectorOperator& vector_operator(const TraceOperation& operation, const Trace& trace);

}  // namespace lnsim
