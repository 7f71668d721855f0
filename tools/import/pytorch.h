// Imports a PyTorch execution trace (what ExecutionGraphObserver and ExecutionTraceObserver write), plain or
// gzip, schemas 1.0.1 to 1.1.1-chakra.0.0.4: one training step becomes a native trace without operands.
//
// Every operator of the step is either mapped to a native operator, or moves, views or allocates data only
// (the list is in pytorch_operators.cpp), or is named in `unmapped`. The optimizer's own operators are
// replaced by one weight update per parameter. Cycle-relevant facts come from shapes only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "sim/run/trace/trace.h"
#include "sim/run/trace/trace_totals.h"

namespace lnsim {

struct PyTorchImportOptions {
  std::size_t step = 0;  // which training step of the file, from 0
  // A file that unpacks to more is refused.
  std::size_t largest_bytes = std::size_t{4} << 30;
};

struct ImportResult {
  Trace trace;
  TraceTotals totals;
  std::size_t steps = 0;  // training steps in the file
  std::map<std::string, std::uint64_t>
      unmapped;  // compute operators that the trace leaves out, and how often they ran
};

// Throws UserError for a file that cannot be read or is no such trace, naming the place in it
// (`nodes[12].inputs`), and when it has no step `options.step`.
ImportResult import_pytorch(const std::filesystem::path& path, const PyTorchImportOptions& options = {});

}  // namespace lnsim
