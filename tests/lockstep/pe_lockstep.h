// PEs of the simulator and their Verilated twins, given the same in every cycle and compared in every cycle.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "models/control/program.h"
#include "tests/lockstep/pe_comparison.h"
#include "tests/lockstep/pe_surroundings.h"

namespace lnsim::lockstep {

struct PeRun {
  const Program* program = nullptr;
  std::uint32_t position = 0;
  PeStalls stalls;
  std::uint64_t seed = 0;
  Cycle cycle_limit = 10'000'000;
};

// One PE of the program's grid, in surroundings that are drawn at random.
PeSeen run_pe(const PeMachine& machine, PeTwin& twin, PeData& data, const PeRun& run);

// All PEs of a whole machine, each with a twin: buses, memories and controller give them what they will.
using MakePeTwin = std::function<std::unique_ptr<PeTwin>()>;
PeSeen run_machine(const PeMachine& machine, const AcceleratorParameters& whole, const MakePeTwin& make_twin,
                   PeData& data, const Program& program);

}  // namespace lnsim::lockstep
