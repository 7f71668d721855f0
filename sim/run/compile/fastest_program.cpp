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

CompiledOperation compile_for_pes(const TraceOperation& operation, const Trace& trace,
                                  const RunConfig& config, const EnergyCosts& costs, std::uint32_t pes) {
  RunConfig fewer = config;
  fewer.machine.pe.count = pes;
  return compile(operation, trace, fewer, costs);
}

FastestProgram fastest_program(Accelerator& accelerator, KnownPrograms& known,
                               const TraceOperation& operation, const Trace& trace, const RunConfig& config,
                               const EnergyCosts& costs) {
  const PeParameters& pe = config.machine.pe;
  FastestProgram best;
  best.compiled = compile(operation, trace, config, costs);
  best.run = *known.run_within(accelerator, best.compiled.program, kNever);
  best.pes = pe.count;
  if (!tries_fewer(operation, config.mapping)) return best;

  for (std::uint32_t pes = pe.count / 2; pes > 0; pes /= 2) {
    if (least_cycles(best, pe, pes) > best.run.cycles) break;
    CompiledOperation compiled = compile_for_pes(operation, trace, config, costs, pes);
    const auto run = known.run_within(accelerator, compiled.program, best.run.cycles);
    if (run) best = {std::move(compiled), *run, pes};
  }
  return best;
}

}  // namespace lnsim
