// What of a trace has to be compiled and run: operations with equal signatures, or parts of those too large
// for one program, only once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/run/config/run_config.h"
#include "sim/run/trace/trace.h"

namespace lnsim {

struct DistinctPart {
  std::size_t number = 0;  // of DistinctOperations::operations
  std::uint64_t repeats = 1;
};

struct DistinctOperations {
  DistinctOperations(const Trace& trace, const RunConfig& config);

  std::vector<TraceOperation> operations;        // one of each signature
  std::vector<std::vector<DistinctPart>> parts;  // by operation of the trace: what adds up to it
};

}  // namespace lnsim
