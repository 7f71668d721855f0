#include "models/accelerator.h"

#include <fmt/format.h>

#include <optional>

#include "models/control/check_program.h"
#include "models/control/progress_watch.h"
#include "models/machine.h"
#include "sim/base/errors.h"

namespace lnsim {

// The machine lives and dies in its own kernel context.
struct Accelerator::Parts {
  Parts(const AcceleratorParameters& machine_parameters, const SimulationOptions& simulation_options)
      : parameters(machine_parameters),
        options(simulation_options),
        simulation({options.seed, options.stall_percent, options.shuffle},
                   options.exact_step || options.shuffle ? Engine::kernel : Engine::scheduler) {
    const Simulation::Scope scope(simulation);
    machine = std::make_unique<Machine>(simulation, parameters, options);
  }
  ~Parts() {
    const Simulation::Scope scope(simulation);
    machine.reset();
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  void begin(const Program& program, TileData* data, Cycle start);
  void run_to_the_end();
  RunResult result(Cycle start);

  AcceleratorParameters parameters;
  SimulationOptions options;
  Simulation simulation;
  std::unique_ptr<Machine> machine;
};

void Accelerator::Parts::begin(const Program& program, TileData* data, Cycle start) {
  RunState& run = machine->run();
  run.program = &program;
  run.data = data;
  run.events = {};
  run.dot_counts = {};
  run.scoreboard.begin(program, parameters.pe.count);
  run.activity.begin(start);
  machine->reset();
  machine->controller().request_edge(start);
}

void Accelerator::Parts::run_to_the_end() {
  const RunState& run = machine->run();
  ProgressWatch watch(options, simulation.stepped_cycles());
  for (;;) {
    const Simulation::End end = simulation.run(options.patience_cycles);
    if (end == Simulation::End::failed) std::rethrow_exception(simulation.take_failure());
    if (end == Simulation::End::idle) {
      if (run.scoreboard.finished()) return;
      throw ModelError("deadlock: the program is unfinished and no unit can go on\n" + machine->states());
    }
    const std::string wrong = watch.look(simulation.stepped_cycles(), run.events,
                                         run.scoreboard.last_advance());
    if (!wrong.empty())
      simulation.fail(std::make_exception_ptr(ModelError(wrong + "\n" + machine->states())));
  }
}

RunResult Accelerator::Parts::result(Cycle start) {
  RunState& run = machine->run();
  RunResult result;
  const Cycle end = run.program->commands.empty() ? start : run.scoreboard.last_advance();
  result.cycles = end - start;
  result.cycles_by_cause = run.activity.finish(end);
  run.events[Event::pe_cycle] = result.cycles * parameters.pe.count;
  run.events[Event::system_cycle] = result.cycles;
  result.events = run.events;
  result.dot_counts = run.dot_counts;
  return result;
}

Accelerator::Accelerator(const AcceleratorParameters& parameters, const SimulationOptions& options)
    : parts_(std::make_unique<Parts>(parameters, options)) {}

Accelerator::~Accelerator() = default;

namespace {

// Writes down what a machine does, as long as it lives.
class Recording final : public CycleObserver {
 public:
  Recording(RunState& run, Simulation& simulation)
      : run_(run), simulation_(simulation), writer_(run.activity.tracks().size(), simulation.now() + 1) {
    run_.activity.write_to(&writer_);
    simulation_.observe(this);
  }
  ~Recording() override {
    simulation_.observe(nullptr);
    run_.activity.write_to(nullptr);
  }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  void after_cycle(Cycle now) override { writer_.traffic(run_.events, now); }
  ActivityLog finish(std::uint64_t cycles) { return writer_.finish(cycles); }

 private:
  RunState& run_;
  Simulation& simulation_;
  ActivityLogWriter writer_;
};

}  // namespace

RunResult Accelerator::run(const Program& program, TileData* data, ActivityLog& log) {
  Recording recording(parts_->machine->run(), parts_->simulation);
  const RunResult result = run(program, data);
  log = recording.finish(result.cycles);
  return result;
}

const std::vector<std::string>& Accelerator::logged_units() const {
  return parts_->machine->run().activity.tracks();
}

RunResult Accelerator::run(const Program& program, TileData* data) {
  check_program(program, parts_->parameters);
  std::optional<Simulation::Scope> kernel;
  if (parts_->simulation.engine() == Engine::kernel) kernel.emplace(parts_->simulation);
  const Cycle start = parts_->simulation.now() + 1;
  parts_->begin(program, data, start);
  parts_->run_to_the_end();
  return parts_->result(start);
}

}  // namespace lnsim
