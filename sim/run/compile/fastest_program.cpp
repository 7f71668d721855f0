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

FastestProgram fastest_program(Compiler& compiler, const TraceOperation& operation,
                               const RunWithin& run_within) {
  const PeParameters& pe = compiler.config().machine.pe;
  OperationCompiler compiling(compiler, operation);
  FastestProgram best;
  best.compiled = *compiling.compile(pe.count);
  best.run = *run_within(best.compiled.program, kNever);
  best.pes = pe.count;
  if (!tries_fewer(operation, compiler.config().mapping)) return best;

  bool last_is_best = true;
  for (std::uint32_t pes = pe.count / 2; pes > 0; pes /= 2) {
    if (least_cycles(best, pe, pes) > best.run.cycles) break;
    std::optional<CompiledOperation> compiled = compiling.compile(pes);
    if (!compiled) {
      if (last_is_best) best.pes = pes;
      continue;
    }
    const auto run = run_within(compiled->program, best.run.cycles);
    last_is_best = run.has_value();
    if (run) best = {std::move(*compiled), *run, pes};
  }
  return best;
}

}  // namespace lnsim
