// Imports Timeloop problems (tools/import/timeloop_problem.h) as a training iteration without operands: each
// problem is a layer named after its file, and its place in the list if the file has several. A folder is a
// network whose layers are its .yaml and .yml files in the order of their names.
//
// What a dimension is follows from the data spaces it indexes, whatever its name: two that are read and one
// that is written. In all three it groups; in one that is read and the written one it is an output; in both
// that are read it is summed over. An axis that is the sum of two dimensions slides a filter: the one that
// the written space has, times its coefficient (stride), and the one it has not (dilation). The first such
// axis is taken as the height. The problem has no padding: the input is what the filter touches, filter +
// (outputs
// - 1) stride.
//
// The space named weights or filters holds the weights, else the second of a product. Grouped products
// without such a name multiply two activations. A filter of one pixel without stride, along one row of
// outputs, is a linear layer. Nothing says which layer is the first, so every layer has its input gradient;
// gradients and updates are derived as everywhere (sim/run/workload/training_tape.h). Densities are named in
// `unmapped`: the trace has the dense product.
#pragma once

#include <filesystem>
#include <string_view>

#include "tools/import/import.h"

namespace lnsim {

// A file named .yaml or .yml with the key `problem` near its beginning.
bool looks_like_timeloop(std::string_view beginning, std::string_view file_name);

// Throws UserError as timeloop::read_problems does, and for problems that are neither a convolution along at
// most two axes nor a matrix product: transposed convolutions, sums of more than two operands.
ImportResult import_timeloop(const std::filesystem::path& path, const ImportOptions& options = {});

}  // namespace lnsim
