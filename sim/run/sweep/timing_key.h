// What of a machine decides its cycles and events: points of a sweep that agree in it are simulated once.
#pragma once

#include <string>

#include "sim/run/config/run_config.h"
#include "sim/run/energy/energy_table.h"

namespace lnsim {

// Equal texts: run_iteration gives equal cycles, causes and events for shapes, operation by operation. Of
// number formats only the widths count, of the datapath the accumulator's width and the pipeline's depth, and
// the costs only where the mapper weighs energies.
std::string timing_key(const RunConfig& config, const EnergyCosts& costs);

}  // namespace lnsim
