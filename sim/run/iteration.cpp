#include "sim/run/iteration.h"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <numeric>

#include "sim/run/compile/fastest_program.h"
#include "sim/run/compile/signature.h"

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

// Runs one operation after another on one machine.
class Runner {
 public:
  Runner(const Trace& trace, const RunConfig& config, const EnergyCosts& costs, Values values, Logs logs)
      : trace_(trace), config_(config), costs_(costs), logs_(logs), accelerator_(config.machine) {
    if (values == Values::when_recorded && trace.has_operands())
      tensors_ = std::make_unique<TensorStore>(trace);
  }

  OperationResult run(const TraceOperation& operation) {
    const Known& known = shapes(operation);
    OperationResult done;
    done.layer = operation.layer;
    done.op = operation.op;
    done.pass = operation.pass;
    done.macs = operation.macs;
    done.run = known.run;
    done.mapping = known.mapping;
    done.pes = known.pes;
    done.log = known.log;
    if (tensors_) replay(operation, known, done);
    check_sums(done.run, operation);
    done.energy = energy_of(done.run.events, costs_);
    return done;
  }

  std::uint64_t simulated() const { return known_.size(); }
  const std::vector<std::string>& logged_units() const { return accelerator_.logged_units(); }

 private:
  struct Known {
    RunResult run;
    std::vector<MappingChoice> mapping;
    std::uint32_t pes = 0;
    std::shared_ptr<const ActivityLog> log;
  };

  // Every operation starts on an idle machine, so equal programs take equal cycles.
  const Known& shapes(const TraceOperation& operation) {
    const auto [found, is_new] = known_.try_emplace(operation_signature(operation, config_));
    if (is_new) {
      FastestProgram fastest = fastest_program(accelerator_, operation, trace_, config_, costs_);
      if (logs_ == Logs::kept) found->second.log = log_of(fastest);
      found->second.run = fastest.run;
      found->second.mapping = std::move(fastest.compiled.mapping);
      found->second.pes = fastest.pes;
    }
    return found->second;
  }

  // Runs the chosen program once more and writes it down.
  std::shared_ptr<const ActivityLog> log_of(const FastestProgram& fastest) {
    auto log = std::make_shared<ActivityLog>();
    if (accelerator_.run(fastest.compiled.program, nullptr, *log) != fastest.run)
      throw ModelError("a run that is written down differs from one that is not");
    return log;
  }

  // Moves recorded values through the program whose shapes have been run.
  void replay(const TraceOperation& operation, const Known& known, OperationResult& done) {
    if (has_operands(operation)) {
      const CompiledOperation compiled = compile_for_pes(operation, trace_, config_, costs_, known.pes);
      const auto replay = make_replay(operation, compiled, trace_, *tensors_, config_);
      done.run = accelerator_.run(compiled.program, replay.get());
      done.numeric = replay->report(done.run.dot_counts);
    } else if (has_update_operands(operation)) {
      if (!computes_recorded_rule(config_.machine.optimizer, *operation.update)) {
        done.update_of_other_rule = operation.update->rule;
        return;
      }
      const CompiledOperation compiled = compile_for_pes(operation, trace_, config_, costs_, known.pes);
      const auto replay = make_update_replay(operation, trace_, *tensors_, config_);
      done.run = accelerator_.run(compiled.program, replay.get());
      done.update = replay->report();
    }
    if (done.run.cycles != known.run.cycles || done.run.events != known.run.events) {
      throw ModelError(fmt::format("{}: values changed the cycles or events of its shapes", operation.layer));
    }
  }

  const Trace& trace_;
  const RunConfig& config_;
  const EnergyCosts& costs_;
  Logs logs_;
  Accelerator accelerator_;
  std::unique_ptr<TensorStore> tensors_;
  std::map<std::string, Known> known_;  // by signature
};

}  // namespace

double utilisation(const RunResult& run, const PeParameters& pe) {
  if (run.cycles == 0) return 0.0;
  const double slots = static_cast<double>(run.cycles) * pe.count * pe.lanes * pe.vector_size;
  return static_cast<double>(run.events[Event::datapath_mac]) / slots;
}

IterationResult run_iteration(const Trace& trace, const RunConfig& config, const EnergyCosts& costs,
                              Values values, const Progress& progress, Logs logs) {
  Runner runner(trace, config, costs, values, logs);
  IterationResult result;
  for (const TraceOperation& operation : trace.operations) {
    progress(result.operations.size(), trace.operations.size(), operation.layer);
    OperationResult done = runner.run(operation);
    result.run += done.run;
    result.macs += done.macs;
    result.energy += done.energy;
    result.operations.push_back(std::move(done));
  }
  progress(result.operations.size(), trace.operations.size(), "");
  result.simulated = runner.simulated();
  result.logged_units = runner.logged_units();
  return result;
}

}  // namespace lnsim
