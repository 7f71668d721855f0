// Imports a SCALE-Sim topology (tools/import/scalesim_topology.h) as a training iteration without operands.
//
// The format knows forward passes and one file per pass; what it does not say is derived:
//
// - A file of any other name holds forward passes. Every layer has a weight and no bias; its weight gradient,
//   input gradient and weight update are derived as everywhere (sim/run/workload/training_tape.h). A
//   convolution in the first row has no input gradient: what it reads is data. A row of the GEMM form with a
//   batch multiplies two activations; the others multiply by weights, because the format cannot say otherwise
//   (attention without a batch gets a weight update that the network has not).
// - NAME_input_grad.csv (or _inp_grad) and NAME_weight_grad.csv hold one gradient each: every row is that
// pass
//   of its layer, whatever form it is written in. The row of a weight gradient is inputs x outputs (M x N)
//   summed over K; it stands in the trace as outputs x inputs, and is followed by the weight's update.
// - NAME_fwd.csv is joined with those of the two files that lie beside it: their rows replace the derived
//   gradients of the layers of the same name. A gradient of a layer that NAME_fwd.csv has not is a mistake; a
//   layer without a row has no such gradient.
//
// A sparsity N:M is named in `unmapped`: the trace has the dense product.
#pragma once

#include <filesystem>
#include <string_view>

#include "tools/import/import.h"

namespace lnsim {

// A first line that is the header of such a table.
bool looks_like_scalesim(std::string_view beginning, std::string_view file_name);

// Throws UserError as scalesim::read_topology does, and for gradients of unknown layers.
ImportResult import_scalesim(const std::filesystem::path& path, const ImportOptions& options = {});

}  // namespace lnsim
