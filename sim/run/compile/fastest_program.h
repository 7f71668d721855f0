// How many PEs an operation should use: more PEs mean larger rounds, more bank conflicts and longer
// pipelines, so the last few per cent of a layer that waits for memory are decided by trial.
#pragma once

#include <cstdint>

#include "models/accelerator.h"
#include "sim/run/compile/compile.h"
#include "sim/run/compile/known_programs.h"

namespace lnsim {

struct FastestProgram {
  CompiledOperation compiled;
  RunResult run;          // of shapes
  std::uint32_t pes = 0;  // that the program may use
};

// Compiles for all PEs of the machine, for half of them, a quarter, ... and runs each on it, except where the
// work alone would take longer than the best so far. Among equals the one with fewest PEs wins. A machine
// with twice the PEs weighs the same programs and one more, so it is never slower. Objectives other than
// cycles, and given tilings, use all PEs.
FastestProgram fastest_program(Accelerator& accelerator, KnownPrograms& known, Compiler& compiler,
                               const TraceOperation& operation);

}  // namespace lnsim
