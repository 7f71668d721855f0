// The delays of a design in the Standard Delay Format (IEEE 1497), for other simulators.
#pragma once

#include <string>

#include "tools/characterise/gates/static_timing.h"

namespace lnsim::gates {

// One IOPATH per input, unless it is tied, and output of every cell, to the 0.1 ps that GateSimulation works
// with. Instances have the names that Yosys' write_verilog -norename gives them.
std::string sdf_text(const MappedDesign& design, const StaticTiming& timing);

}  // namespace lnsim::gates
