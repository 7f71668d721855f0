// The cycles of a run as a workload of ASTRA-sim 1.0 (astra-sim/astra-sim, inputs/workload and its README):
// text that its Chakra converter reads, too.
//
// First line: DATA, data-parallel training; second line: the number of layers; then a line per layer, its
// fields parted by tabs: name, -1, cycles of the forward pass, NONE, 0, cycles of the input gradient, NONE,
// 0, cycles of the weight gradient, ALLREDUCE and the bytes of the weight gradients (or NONE and 0), cycles
// of the weight update.
//
// Operators without a product are layers of their own; their backward pass counts as input gradient. Layers
// stand in the order of the forward pass; one that only the backward pass has (a sum of two gradients) stands
// where its turn comes when the layers are gone through backwards. ASTRA-sim never runs the input gradient of
// the first layer, so its cycles count as weight gradient. The gradients have the size of the machine's
// weight-gradient format. ASTRA-sim reads a name up to the first blank. Times are cycles of the machine's
// clock.
#pragma once

#include <string>

#include "sim/run/config/run_config.h"
#include "sim/run/iteration.h"
#include "sim/run/trace/trace.h"

namespace lnsim {

// `result` must be of `trace` and `config`.
std::string astra_sim_workload(const IterationResult& result, const Trace& trace, const RunConfig& config);

}  // namespace lnsim
