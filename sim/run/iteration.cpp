#include "sim/run/iteration.h"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <numeric>

namespace lnsim {
namespace {

void check_sums(const RunResult& run, const TraceOperation& operation) {
  const std::uint64_t sum =
      std::accumulate(run.cycles_by_cause.begin(), run.cycles_by_cause.end(), std::uint64_t{0});
  if (sum != run.cycles) {
    throw ModelError(fmt::format("{} {}: cycles by cause add up to {}, not to {}", operation.layer,
                                 kPassNames[static_cast<std::size_t>(operation.pass)], sum, run.cycles));
  }
}

void add(RunResult& total, const RunResult& part) {
  total.cycles += part.cycles;
  for (std::size_t i = 0; i < kCauseCount; ++i) total.cycles_by_cause[i] += part.cycles_by_cause[i];
  total.events += part.events;
  total.dot_counts += part.dot_counts;
}

// Runs one operation after another on one machine.
class Runner {
 public:
  Runner(const Trace& trace, const RunConfig& config, const EnergyCosts& costs, Values values)
      : trace_(trace), config_(config), costs_(costs), accelerator_(config.machine) {
    if (values == Values::when_recorded && trace.has_operands()) tensors_ = std::make_unique<TensorStore>(trace);
  }

  OperationResult run(const TraceOperation& operation) {
    const CompiledOperation compiled = compile(operation, trace_, config_, costs_);
    OperationResult done;
    done.layer = operation.layer;
    done.op = operation.op;
    done.pass = operation.pass;
    done.macs = compiled.macs;
    done.mapping = compiled.mapping;
    if (tensors_ && has_operands(operation)) {
      const auto replay = make_replay(operation, compiled, trace_, *tensors_, config_);
      done.run = simulate(compiled.program, replay.get());
      done.numeric = replay->report(done.run.dot_counts);
    } else if (tensors_ && has_update_operands(operation) && replays_update(operation, done)) {
      const auto replay = make_update_replay(operation, trace_, *tensors_, config_);
      done.run = simulate(compiled.program, replay.get());
      done.update = replay->report();
    } else {
      done.run = shapes_only(compiled);
    }
    check_sums(done.run, operation);
    done.energy = energy_of(done.run.events, costs_);
    return done;
  }

  std::uint64_t simulated() const { return simulated_; }

 private:
  bool replays_update(const TraceOperation& operation, OperationResult& done) const {
    if (computes_recorded_rule(config_.machine.optimizer, *operation.update)) return true;
    done.update_of_other_rule = operation.update->rule;
    return false;
  }

  RunResult simulate(const Program& program, TileData* data) {
    ++simulated_;
    return accelerator_.run(program, data);
  }

  // Every operation starts on an idle machine, so equal programs take equal cycles.
  const RunResult& shapes_only(const CompiledOperation& compiled) {
    const auto [found, is_new] = known_.try_emplace(compiled.signature);
    if (is_new) found->second = simulate(compiled.program, nullptr);
    return found->second;
  }

  const Trace& trace_;
  const RunConfig& config_;
  const EnergyCosts& costs_;
  Accelerator accelerator_;
  std::unique_ptr<TensorStore> tensors_;
  std::map<std::string, RunResult> known_;  // by signature
  std::uint64_t simulated_ = 0;
};

}  // namespace

double utilisation(const RunResult& run, const PeParameters& pe) {
  if (run.cycles == 0) return 0.0;
  const double slots = static_cast<double>(run.cycles) * pe.count * pe.lanes * pe.vector_size;
  return static_cast<double>(run.events[Event::datapath_mac]) / slots;
}

IterationResult run_iteration(const Trace& trace, const RunConfig& config, const EnergyCosts& costs, Values values,
                              const Progress& progress) {
  Runner runner(trace, config, costs, values);
  IterationResult result;
  for (const TraceOperation& operation : trace.operations) {
    progress(result.operations.size(), trace.operations.size(), operation.layer);
    OperationResult done = runner.run(operation);
    add(result.run, done.run);
    result.macs += done.macs;
    result.energy += done.energy;
    result.operations.push_back(std::move(done));
  }
  progress(result.operations.size(), trace.operations.size(), "");
  result.simulated = runner.simulated();
  return result;
}

}  // namespace lnsim
