#include "tests/lockstep/pe_lockstep.h"

#include "tests/lockstep/one_pe_machine.h"

namespace lnsim::lockstep {
namespace {

void begin(RunState& state, const Program& program, PeData& data) {
  state.program = &program;
  state.data = &data;
  state.scoreboard.begin(program, 1);
  state.activity.begin(0);
}

}  // namespace

PeSeen run_pe(const PeMachine& machine, PeTwin& twin, PeData& data, const PeRun& run) {
  Simulation simulation;
  const Simulation::Scope scope(simulation);
  RunState state;
  begin(state, *run.program, data);
  SimulatedPe pe(simulation, machine, run.position, state);
  PeSurroundings surroundings(simulation, state, machine, run.position, data, pe, run.stalls, run.seed);
  pe.connect(surroundings, surroundings);
  PeComparison comparison("comparison", surroundings, pe, state, data, twin);
  return comparison.run(simulation, run.cycle_limit);
}

PeSeen run_machine(const PeMachine& machine, const AcceleratorParameters& whole, PeTwin& twin, PeData& data,
                   const Program& program) {
  Simulation simulation;
  const Simulation::Scope scope(simulation);
  RunState state;
  begin(state, program, data);
  SimulatedPe pe(simulation, machine, 0, state);
  OnePeMachine surroundings(simulation, state, machine, whole, data, pe);
  PeComparison comparison("comparison", surroundings, pe, state, data, twin);
  return comparison.run(simulation, Cycle{1} << 32);
}

}  // namespace lnsim::lockstep
