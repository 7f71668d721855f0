// The file of a PyTorch execution trace, which is read twice: first for the outline of all nodes, then for
// the nodes of one step.
//
// A file of any size, plain or gzip, can be read. Of every node its outline is held (pytorch_outline.h), of a
// step's nodes what they were called with, of the text nothing.
#pragma once

#include <cstddef>
#include <filesystem>

#include "tools/import/pytorch_nodes.h"
#include "tools/import/pytorch_outline.h"

namespace lnsim::pytorch {

// Throws UserError for a file that cannot be read, can be read only once or unpacks to more than
// `largest_bytes`, for text that is no such trace, with its place, and with every mistake in the nodes'
// structure.
Outline read_outline(const std::filesystem::path& path, std::size_t largest_bytes);

// Throws UserError when the file has no step of that number, or is another one than its outline is of.
StepNodes read_step(const std::filesystem::path& path, const Outline& outline, std::size_t step);

}  // namespace lnsim::pytorch
