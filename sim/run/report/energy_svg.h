// Where the joules of an iteration go, as pictures that need nothing else.
#pragma once

#include <string>

#include "sim/run/iteration.h"

namespace lnsim {

// A bar per layer, all its passes together, cut by component. Layers with equal energy in every event are
// drawn as one bar of their sum ("name +11"); of these, the 40 largest are drawn, in the order of the trace,
// and the note says what the others add up to.
std::string energy_by_layer_svg(const IterationResult& result, const AcceleratorParameters& machine);

// From left to right: the iteration, the processing elements and what is around them, components, events. The
// height of every band is its energy.
std::string energy_flow_svg(const IterationResult& result, const AcceleratorParameters& machine);

}  // namespace lnsim
