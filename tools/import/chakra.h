// Imports a Chakra execution trace (MLCommons, protobuf, schema 0.0.4) that was made from one of PyTorch,
// plain or gzip: one training step becomes a native trace without operands.
//
// Such a trace keeps the operators that launched kernels, not what called them. Steps are told apart by the
// order of forward and backward operators, backward operators are tied to forward ones by the tensors they
// read, and every parameter whose gradient is computed has one update. Then the rules are those of PyTorch's
// own traces (pytorch.h).
#pragma once

#include <filesystem>
#include <string_view>

#include "tools/import/import.h"

namespace lnsim {

// A file named `.et`, or that begins with a short message as Chakra's do.
bool looks_like_chakra(std::string_view beginning, std::string_view file_name);

// Throws UserError for a file that cannot be read or is no such trace, naming the node, and when it has no
// step `options.step`.
ImportResult import_chakra(const std::filesystem::path& path, const ImportOptions& options = {});

}  // namespace lnsim
