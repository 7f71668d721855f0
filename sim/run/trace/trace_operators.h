// The operators a trace may name (those of the operator table), and the passes each of them has.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/run/trace/trace.h"

namespace lnsim {

struct TraceOperator {
  std::string_view name;
  bool product;  // has `gemm`, and `dims` if a convolution; the others have `shape`
  std::span<const Pass> passes;
};

std::vector<std::string> trace_operator_names();

// Throws ModelError for a name that is not in the list.
TraceOperator trace_operator(std::string_view name);

}  // namespace lnsim
