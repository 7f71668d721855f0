#include "sim/run/compile/fastest_program.h"

#include <utility>

#include "sim/base/clock.h"
#include "sim/run/compile/signature.h"

namespace lnsim {
namespace {

// Cycles that the work itself takes on so many PEs when nothing ever waits.
std::uint64_t least_cycles(const FastestProgram& done, const PeParameters& pe, std::uint32_t pes) {
  const std::uint64_t operations = std::uint64_t{pes} * pe.vector_unit.operations_per_cycle;
  return done.compiled.least_beats / pes + done.run.events[Event::vector_unit_operation] / operations;
}

bool tries_fewer(const TraceOperation& operation, const MappingParameters& mapping) {
  return mapping.objective == Objective::cycles && operation.pass != Pass::update &&
         matching_tiling(operation, mapping) == mapping.tiles.size();
}

}  // namespace

FastestProgram fastest_program(Accelerator& accelerator, KnownPrograms& known, Compiler& compiler,
                               const TraceOperation& operation) {
  const PeParameters& pe = compiler.config().machine.pe;
  FastestProgram best;
  best.compiled = compiler.compile(operation);
  best.run = *known.run_within(accelerator, best.compiled.program, kNever);
  best.pes = pe.count;
  if (!tries_fewer(operation, compiler.config().mapping)) return best;

  for (std::uint32_t pes = pe.count / 2; pes > 0; pes /= 2) {
    if (least_cycles(best, pe, pes) > best.run.cycles) break;
    CompiledOperation compiled = compiler.compile(operation, pes);
    const auto run = known.run_within(accelerator, compiled.program, best.run.cycles);
    if (run) best = {std::move(compiled), *run, pes};
  }
  return best;
}

}  // namespace lnsim
