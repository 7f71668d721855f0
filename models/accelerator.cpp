#include "models/accelerator.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "models/control/check_program.h"
#include "models/fast_forward.h"
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

  // Grows whenever anything countable happens.
  std::uint64_t progress() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : machine->run().events.counts) sum += count;
    return sum;
  }

  // Random stalls depend on the cycle, so that no state comes twice.
  bool repeats() const { return simulation.engine() == Engine::scheduler && options.stall_percent == 0; }

  std::optional<RunResult> run(const Program& program, TileData* data, Cycle most);
  void begin(const Program& program, TileData* data, Cycle start);
  bool run_to_the_end(FastForward* fast_forward, Cycle start, Cycle most);
  RunResult result(Cycle start) const;

  AcceleratorParameters parameters;
  SimulationOptions options;
  Simulation simulation;
  std::unique_ptr<Machine> machine;
  std::uint64_t passed_over = 0;  // cycles of the last run
};

// Nothing when it takes more than `most` cycles.
std::optional<RunResult> Accelerator::Parts::run(const Program& program, TileData* data, Cycle most) {
  check_program(program, parameters);
  passed_over = 0;
  std::optional<Simulation::Scope> kernel;
  if (simulation.engine() == Engine::kernel) kernel.emplace(simulation);
  const Cycle start = simulation.now() + 1;
  begin(program, data, start);
  std::optional<FastForward> fast_forward;
  if (data == nullptr && repeats()) fast_forward.emplace(*machine, program, parameters, start);
  machine->controller().pause_at_commands(fast_forward.has_value());
  if (!run_to_the_end(fast_forward ? &*fast_forward : nullptr, start, most)) {
    simulation.abandon();
    return std::nullopt;
  }
  RunResult done = result(start);
  if (fast_forward) {
    const FastForward::Passed& passed = fast_forward->passed();
    passed_over = passed.cycles;
    done.cycles += passed.cycles;
    for (std::size_t i = 0; i < kCauseCount; ++i) done.cycles_by_cause[i] += passed.cycles_by_cause[i];
    done.events += passed.events;
  }
  done.events[Event::pe_cycle] = done.cycles * parameters.pe.count;
  done.events[Event::system_cycle] = done.cycles;
  if (done.cycles > most) return std::nullopt;
  return done;
}

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

// False when the program is unfinished after `most` cycles.
bool Accelerator::Parts::run_to_the_end(FastForward* fast_forward, Cycle start, Cycle most) {
  std::uint64_t before = 0;
  Cycle looked = start;  // at the progress
  for (;;) {
    const Cycle passed = fast_forward != nullptr ? fast_forward->passed().cycles : 0;
    const Cycle taken = simulation.now() + 1 - start + passed;
    if (taken > most && !machine->run().scoreboard.finished()) return false;
    const Cycle left = most - std::min(taken, most);
    const Simulation::End end =
        simulation.run(left < options.patience_cycles ? left + 2 : options.patience_cycles);
    if (end == Simulation::End::failed) std::rethrow_exception(simulation.take_failure());
    if (end == Simulation::End::paused) {
      fast_forward->look(simulation.now());
      continue;
    }
    if (end == Simulation::End::idle) {
      if (machine->run().scoreboard.finished()) return true;
      throw ModelError("deadlock: the program is unfinished and no unit can go on\n" + machine->states());
    }
    if (simulation.now() - looked < options.patience_cycles) continue;
    if (progress() == before) {
      const std::string what =
          fmt::format("no event in {} cycles\n", options.patience_cycles) + machine->states();
      simulation.fail(std::make_exception_ptr(ModelError(what)));
    }
    before = progress();
    looked = simulation.now();
  }
}

RunResult Accelerator::Parts::result(Cycle start) const {
  RunState& run = machine->run();
  RunResult result;
  const Cycle end = run.program->commands.empty() ? start : run.scoreboard.last_advance();
  result.cycles = end - start;
  result.cycles_by_cause = run.activity.finish(end);
  result.events = run.events;
  result.dot_counts = run.dot_counts;
  return result;
}

Accelerator::Accelerator(const AcceleratorParameters& parameters, const SimulationOptions& options)
    : parts_(std::make_unique<Parts>(parameters, options)) {}

Accelerator::~Accelerator() = default;

RunResult Accelerator::run(const Program& program, TileData* data) {
  return *parts_->run(program, data, kNever);
}

std::optional<RunResult> Accelerator::run_within(const Program& program, std::uint64_t most) {
  return parts_->run(program, nullptr, most);
}

std::uint64_t Accelerator::passed_over() const {
  return parts_->passed_over;
}

}  // namespace lnsim
