// The file of a PyTorch execution trace.
#pragma once

#include <cstddef>
#include <filesystem>

#include "tools/import/pytorch_nodes.h"

namespace lnsim::pytorch {

// Reads a file of any size, plain or gzip: of a node is held what it was called with, of the text nothing.
// Throws UserError for a file that cannot be read or unpacks to more than `largest_bytes`, for text that is
// no such trace, with its place, and with every mistake in the nodes' structure.
Nodes read_nodes(const std::filesystem::path& path, std::size_t largest_bytes);

}  // namespace lnsim::pytorch
