#include "tests/lockstep/pe_lockstep.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "tests/lockstep/machine_of_pes.h"

namespace lnsim::lockstep {
namespace {

void begin(RunState& state, const Program& program, PeData& data, std::uint32_t pes) {
  state.program = &program;
  state.data = &data;
  state.scoreboard.begin(program, pes);
  state.activity.begin(0);
}

}  // namespace

PeSeen run_pe(const PeMachine& machine, PeTwin& twin, PeData& data, const PeRun& run) {
  Simulation simulation({}, Engine::kernel);
  const Simulation::Scope scope(simulation);
  RunState state;
  begin(state, *run.program, data, 1);
  SimulatedPe pe(simulation, machine, run.position, state);
  PeSurroundings surroundings(simulation, state, machine, run.position, data, pe, run.stalls, run.seed);
  pe.connect(surroundings, surroundings);
  PeComparison comparison("comparison", surroundings, {{&pe, &twin}}, state, data);
  return comparison.run(simulation, run.cycle_limit);
}

PeSeen run_machine(const PeMachine& machine, const AcceleratorParameters& whole, const MakePeTwin& make_twin,
                   PeData& data, const Program& program) {
  Simulation simulation({}, Engine::kernel);
  const Simulation::Scope scope(simulation);
  RunState state;
  begin(state, program, data, whole.pe.count);
  MachineOfPes::Pes pes;
  std::vector<std::unique_ptr<PeTwin>> twins;
  std::vector<ComparedPe> compared;
  for (std::uint32_t i = 0; i < whole.pe.count; ++i) {
    pes.push_back(std::make_unique<SimulatedPe>(simulation, machine, i, state, fmt::format("pe_{}", i)));
    twins.push_back(make_twin());
    compared.push_back({pes.back().get(), twins.back().get()});
  }
  MachineOfPes surroundings(simulation, state, machine, whole, data, pes);
  PeComparison comparison("comparison", surroundings, compared, state, data);
  return comparison.run(simulation, Cycle{1} << 32);
}

}  // namespace lnsim::lockstep
