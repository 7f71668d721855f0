// How many PEs an operation should use: more PEs mean larger rounds, more bank conflicts and longer
// pipelines, so the last few per cent of a layer that waits for memory are decided by trial.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "models/accelerator.h"
#include "sim/run/compile/compile.h"

namespace lnsim {

// The run of a program's shapes, or an estimate of it, which says cycles and events; nothing when it takes
// more than `most` cycles.
using RunWithin = std::function<std::optional<RunResult>(const Program& program, std::uint64_t most)>;

struct FastestProgram {
  CompiledOperation compiled;
  RunResult run;          // of shapes
  std::uint32_t pes = 0;  // that the program may use
};

// Compiles for all PEs of the machine, for half of them, a quarter, ... and runs each on it, except where the
// work alone would take longer than the best so far. Among equals the one with fewest PEs wins. A machine
// with twice the PEs weighs the same programs and one more, so it is never slower. Objectives other than
// cycles, and given tilings, use all PEs.
FastestProgram fastest_program(Compiler& compiler, const TraceOperation& operation,
                               const RunWithin& run_within);

}  // namespace lnsim
