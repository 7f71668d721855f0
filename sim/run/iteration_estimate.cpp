#include "sim/run/iteration_estimate.h"

#include <optional>
#include <vector>

#include "models/cycle_events.h"
#include "models/estimate/program_cycles.h"
#include "models/estimate/program_events.h"
#include "sim/run/compile/compile.h"
#include "sim/run/compile/fastest_program.h"
#include "sim/run/distinct_operations.h"
#include "sim/run/operation_keys.h"

namespace lnsim {

IterationEstimate estimate_iteration(const Trace& trace, const RunConfig& config, const EnergyCosts& costs,
                                     KnownEstimates& known) {
  const DistinctOperations distinct(trace, config);
  const OperationKeys keys(config, costs);
  Compiler compiler(trace, config, costs);
  const auto estimate_within = [&](const Program& program, std::uint64_t most) -> std::optional<RunResult> {
    const auto cycles = estimated_cycles_within(program, config.machine, most);
    if (!cycles) return std::nullopt;
    RunResult run;
    run.cycles = *cycles;
    run.events = program_events(program, config.machine);
    return run;
  };
  std::vector<RunResult> runs;
  for (const TraceOperation& operation : distinct.operations) {
    const EstimatedOperation estimate = known.get(keys.of(operation, trace), [&] {
      const FastestProgram fastest = fastest_program(compiler, operation, estimate_within);
      return EstimatedOperation{fastest.run.cycles, fastest.run.events};
    });
    RunResult& run = runs.emplace_back();
    run.cycles = estimate.cycles;
    run.events = estimate.events;
    count_cycle_events(run.events, run.cycles, config.machine.pe);
  }
  IterationEstimate sum;
  for (std::size_t i = 0; i < trace.operations.size(); ++i) {
    RunResult run;
    for (const DistinctPart& part : distinct.parts[i]) run.add_shapes(runs[part.number], part.repeats);
    sum.macs += trace.operations[i].macs;
    sum.run += run;
    sum.energy += energy_of(run.events, costs);
  }
  return sum;
}

}  // namespace lnsim
