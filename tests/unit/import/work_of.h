// What a trace asks for, to compare traces of one network from different sources.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "sim/run/trace/trace.h"
#include "sim/run/trace/trace_formulas.h"

namespace lnsim {

// How often each operator, pass and size occurs: batch, M, N and K of a product, elements of the others.
using Work = std::tuple<std::string, Pass, std::int64_t, std::int64_t, std::int64_t, std::int64_t>;

inline std::map<Work, int> work_of(const Trace& trace) {
  std::map<Work, int> work;
  for (const TraceOperation& op : trace.operations) {
    const GemmDims g = op.gemm ? *op.gemm : GemmDims{0, 0, 0, element_count(op.shape).value_or(0)};
    ++work[{op.op, op.pass, g.batch, g.m, g.n, g.k}];
  }
  return work;
}

}  // namespace lnsim
