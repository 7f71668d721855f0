#include "models/accelerator.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "models/control/check_program.h"
#include "models/control/progress_watch.h"
#include "models/cycle_events.h"
#include "models/fast_forward.h"
#include "models/machine.h"
#include "models/memory/dram_request.h"
#include "sim/base/errors.h"
#include "sim/base/vcd.h"

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

  // Random stalls depend on the cycle, so that no state comes twice.
  bool repeats() const { return simulation.engine() == Engine::scheduler && options.stall_percent == 0; }

  std::optional<RunResult> run(const Program& program, TileData* data, Cycle most, FastForward* fast_forward,
                               LaneActivity activity = LaneActivity::ignored);
  std::optional<RunResult> run_shapes(const Program& program, Cycle most);
  void begin(const Program& program, TileData* data, bool closed_form, Cycle start);
  bool run_to_the_end(FastForward* fast_forward, Cycle start, Cycle most);
  RunResult result(Cycle start) const;

  AcceleratorParameters parameters;
  SimulationOptions options;
  Simulation simulation;
  std::unique_ptr<Machine> machine;
  std::uint64_t passed_over = 0;  // cycles of the last run
};

// Nothing when it takes more than `most` cycles.
std::optional<RunResult> Accelerator::Parts::run(const Program& program, TileData* data, Cycle most,
                                                 FastForward* fast_forward, LaneActivity activity) {
  passed_over = 0;
  std::optional<Simulation::Scope> kernel;
  if (simulation.engine() == Engine::kernel) kernel.emplace(simulation);
  const Cycle start = simulation.now() + 1;
  machine->run().counts_switching = activity == LaneActivity::counted;
  begin(program, data, fast_forward != nullptr, start);
  machine->controller().pause_at_commands(fast_forward != nullptr);
  if (!run_to_the_end(fast_forward, start, most)) {
    simulation.abandon();
    return std::nullopt;
  }
  RunResult done = result(start);
  if (fast_forward != nullptr) {
    passed_over = fast_forward->passed().cycles;
    done += fast_forward->passed();
  }
  count_cycle_events(done.events, done.cycles, parameters.pe);
  if (done.cycles > most) return std::nullopt;
  return done;
}

std::optional<RunResult> Accelerator::Parts::run_shapes(const Program& program, Cycle most) {
  if (!repeats()) return run(program, nullptr, most, nullptr);
  FastForward fast_forward(*machine, program, parameters, simulation.now() + 1);
  try {
    return run(program, nullptr, most, &fast_forward);
  } catch (const ModelError&) {
    // Once more step by step, for a report with the program's own numbers and every unit's state.
    return run(program, nullptr, most, nullptr);
  }
}

void Accelerator::Parts::begin(const Program& program, TileData* data, bool closed_form, Cycle start) {
  RunState& run = machine->run();
  run.program = &program;
  run.data = data;
  run.events = {};
  run.dot_counts = {};
  run.closed_form = closed_form;
  run.scoreboard.begin(program, parameters.pe.count);
  run.activity.begin(start);
  machine->reset();
  machine->controller().request_edge(start);
}

// False when the program is unfinished after `most` cycles.
bool Accelerator::Parts::run_to_the_end(FastForward* fast_forward, Cycle start, Cycle most) {
  const RunState& run = machine->run();
  ProgressWatch watch(options, simulation.stepped_cycles());
  Cycle looked = start;
  for (;;) {
    const Cycle passed = fast_forward != nullptr ? fast_forward->passed().cycles : 0;
    const Cycle taken = simulation.now() + 1 - start + passed;
    if (taken > most && !run.scoreboard.finished()) return false;
    const Cycle left = most - std::min(taken, most);
    // So far that the last cycle allowed, `left` cycles after the next one, is still stepped.
    const Simulation::End end =
        simulation.run(left < options.patience_cycles ? left + 2 : options.patience_cycles);
    if (end == Simulation::End::failed) std::rethrow_exception(simulation.take_failure());
    if (end == Simulation::End::paused) {
      fast_forward->look(simulation.now());
      continue;
    }
    if (end == Simulation::End::idle) {
      if (run.scoreboard.finished()) return true;
      throw ModelError("deadlock: the program is unfinished and no unit can go on\n" + machine->states());
    }
    if (simulation.now() + 1 - looked < options.patience_cycles) continue;
    looked = simulation.now();
    const std::string wrong =
        watch.look(simulation.stepped_cycles(), run.events, run.scoreboard.last_advance());
    if (!wrong.empty())
      simulation.fail(std::make_exception_ptr(ModelError(wrong + "\n" + machine->states())));
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
  if (run.counts_switching) result.switching = machine->switching();
  return result;
}

Accelerator::Accelerator(const AcceleratorParameters& parameters, const SimulationOptions& options)
    : parts_(std::make_unique<Parts>(parameters, options)) {}

Accelerator::~Accelerator() = default;

RunResult Accelerator::run(const Program& program, TileData* data, LaneActivity activity) {
  check_program(program, parts_->parameters);
  if (data == nullptr) return *parts_->run_shapes(program, kNever);
  return *parts_->run(program, data, kNever, nullptr, activity);
}

std::optional<RunResult> Accelerator::run_within(const Program& program, std::uint64_t most) {
  check_program(program, parts_->parameters);
  return parts_->run_shapes(program, most);
}

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

// Passes DRAM requests on, with the cycle of the run, as long as it lives.
class RequestListener final {
 public:
  RequestListener(RunState& run, Cycle start, const DramRequestObserver& requests)
      : run_(run), from_start_([start, &requests](const DramRequest& request) {
          requests({request.cycle - start, request.writes, request.address});
        }) {
    run_.dram_requests = &from_start_;
  }
  ~RequestListener() { run_.dram_requests = nullptr; }
  RequestListener(const RequestListener&) = delete;
  RequestListener& operator=(const RequestListener&) = delete;

 private:
  RunState& run_;
  DramRequestObserver from_start_;
};

// Samples the registers in every cycle of a window, those in which no unit steps included.
class Sampler final : public CycleObserver {
 public:
  Sampler(const Machine& machine, Simulation& simulation, const Waveform& window)
      : simulation_(simulation), start_(simulation.now() + 1), next_(window.from), to_(window.to) {
    machine.list(signals_);
    writer_.emplace(signals_,
                    "lnsim: 1 cycle is 1 ns; time 0 is the first cycle of the operation; state of a PE: 0 "
                    "idle, 1 a pass is "
                    "fetched, 2 multiplying, 3 stalled by the PPU, 4 vector work");
    simulation_.observe(this);
  }
  ~Sampler() override { simulation_.observe(nullptr); }
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  void before_cycle(Cycle next) override { sample_until(next); }
  void after_cycle(Cycle now) override { sample_until(now + 1); }
  std::string finish(std::uint64_t cycles) {
    sample_until(start_ + cycles + 1);  // the last command is done in cycle `cycles`
    return writer_->finish();
  }

 private:
  void sample_until(Cycle end) {
    for (; next_ < to_ && start_ + next_ < end; ++next_) writer_->sample(start_ + next_, next_);
  }

  Simulation& simulation_;
  Cycle start_;
  Cycle next_;  // to be sampled, from the start
  Cycle to_;
  SignalList signals_;
  std::optional<VcdWriter> writer_;
};

}  // namespace

RunResult Accelerator::run(const Program& program, TileData* data, Waveform& waveform) {
  Sampler sampler(*parts_->machine, parts_->simulation, waveform);
  check_program(program, parts_->parameters);
  const RunResult result = *parts_->run(program, data, kNever, nullptr);
  waveform.vcd = sampler.finish(result.cycles);
  return result;
}

RunResult Accelerator::run(const Program& program, TileData* data, ActivityLog& log) {
  Recording recording(parts_->machine->run(), parts_->simulation);
  check_program(program, parts_->parameters);
  const RunResult result = *parts_->run(program, data, kNever, nullptr);
  log = recording.finish(result.cycles);
  return result;
}

RunResult Accelerator::run(const Program& program, const DramRequestObserver& requests) {
  const RequestListener listener(parts_->machine->run(), parts_->simulation.now() + 1, requests);
  check_program(program, parts_->parameters);
  return *parts_->run(program, nullptr, kNever, nullptr);
}

const std::vector<std::string>& Accelerator::logged_units() const {
  return parts_->machine->run().activity.tracks();
}

std::uint64_t Accelerator::passed_over() const {
  return parts_->passed_over;
}

}  // namespace lnsim
