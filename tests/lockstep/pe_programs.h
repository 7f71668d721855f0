// Small programs for one PE, drawn at random: chains of compute commands whose sums are kept in the collector
// or spilled and restored, over several row blocks and ragged slices, empty slices, vector work, and operands
// that are loaded with or without room around what a command needs.
#pragma once

#include <cstdint>

#include "models/control/program.h"
#include "tests/lockstep/pe_machine.h"

namespace lnsim::lockstep {

// The PE in position `position` of the program's grid has some of the work.
struct RandomPeProgram {
  Program program;
  std::uint32_t position = 0;
};

RandomPeProgram random_program(const PeMachine& machine, std::uint64_t seed);

}  // namespace lnsim::lockstep
