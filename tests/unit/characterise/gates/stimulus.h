// Values for the input ports of a design, cycle by cycle.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tools/characterise/gates/gate_simulation.h"

namespace lnsim::gates {

struct Stimulus {
  std::vector<std::size_t> ports;  // positions of the design's inputs but the clock
  // By cycle and port: bit 0 of the port is bit 0 of its first word.
  std::vector<std::vector<std::vector<std::uint64_t>>> cycles;
};

// Random bits; ports named in `held` stay as given after the first two cycles, in which they are all ones.
Stimulus random_stimulus(const MappedDesign& design, std::size_t cycles,
                         const std::map<std::string, std::uint64_t>& held);

void run(GateSimulation& simulation, const Stimulus& stimulus);

}  // namespace lnsim::gates
