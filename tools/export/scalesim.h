// The products of a trace as SCALE-Sim topologies in its convolution form (scalesim-project/SCALE-Sim,
// scalesim/topology_utils.py): a file per pass, as topologies/resnet has them.
//
// - A convolution of one image without groups or dilation, with equal strides, is a convolution. The format
//   has no padding, so the input is as large as what all windows cover, filter + (outputs - 1) stride.
// - Every other product is M x N summed over K, written M high, K wide, with N filters of 1 x K over one
//   channel.
// - A batch or groups are as many channels and DP in the name, for which SCALE-Sim runs every channel apart.
// - The input gradient of a convolution is what is added back into the image, output pixels x (channels x
//   taps), and the weight gradient is inputs x outputs: then both cost what the forward pass costs.
//
// Operators without a product have no place in the format.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/run/trace/trace.h"

namespace lnsim {

struct ScaleSimTopology {
  std::string ending;  // of the file's name: `_fwd.csv`, `_input_grad.csv` or `_weight_grad.csv`
  std::string text;
  std::uint64_t rows = 0;
  std::uint64_t macs = 0;  // as the trace counts them
};

struct ScaleSimExport {
  std::vector<ScaleSimTopology> files;            // of the passes that the trace has
  std::map<std::string, std::uint64_t> left_out;  // operators without a product, and how many lines they have
};

// Throws UserError for a trace without products.
ScaleSimExport export_scalesim(const Trace& trace);

}  // namespace lnsim
