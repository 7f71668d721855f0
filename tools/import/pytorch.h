// Imports a PyTorch execution trace (what ExecutionGraphObserver and ExecutionTraceObserver write), plain or
// gzip, schemas 1.0.1 to 1.1.1-chakra.0.0.4: one training step becomes a native trace without operands.
//
// Every operator of the step is either mapped to a native operator, or moves, views or allocates data only
// (the list is in pytorch_operators.cpp), or is named in `unmapped`. The optimizer's own operators are
// replaced by one weight update per parameter. Cycle-relevant facts come from shapes only.
#pragma once

#include <filesystem>
#include <string_view>

#include "tools/import/import.h"

namespace lnsim {

// A JSON object with `schema` or `nodes` near its beginning.
bool looks_like_pytorch(std::string_view beginning, std::string_view file_name);

// Throws UserError for a file that cannot be read or is no such trace, naming the place in it
// (`nodes[12].inputs`), and when it has no step `options.step`.
ImportResult import_pytorch(const std::filesystem::path& path, const ImportOptions& options = {});

}  // namespace lnsim
