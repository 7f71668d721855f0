#include "sim/run/iteration.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <numeric>
#include <span>
#include <utility>

#include "models/cycle_events.h"
#include "sim/run/compile/fastest_program.h"
#include "sim/run/compile/known_programs.h"
#include "sim/run/distinct_operations.h"
#include "sim/run/operation_keys.h"
#include "sim/run/trace/trace_formulas.h"
#include "sim/run/workers.h"

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

// One thread's machine. Every operation starts on an idle one, so equal programs take equal cycles on any.
class Worker {
 public:
  Worker(const Trace& trace, const RunConfig& config, const EnergyCosts& costs,
         const IterationOptions& options)
      : trace_(trace),
        config_(config),
        costs_(costs),
        compiler_(trace, config, costs),
        logs_(options.logs),
        simulation_(options.simulation),
        next_(options.next) {
    if (options.values != Values::shapes_only && trace.has_operands())
      tensors_ = std::make_unique<TensorStore>(trace);
    if (options.values == Values::chained && tensors_) chain_.emplace(trace, *tensors_);
  }

  const std::vector<std::string>& logged_units() { return accelerator().logged_units(); }

  KnownOperation shapes(const TraceOperation& operation, KnownPrograms& programs) {
    FastestProgram fastest =
        fastest_program(compiler_, operation, [&](const Program& program, std::uint64_t most) {
          return programs.run_within(accelerator(), program, most);
        });
    KnownOperation known;
    if (logs_ == Logs::kept) known.log = log_of(fastest);
    known.run = fastest.run;
    known.mapping = std::move(fastest.compiled.mapping);
    known.pes = fastest.pes;
    return known;
  }

  // `parts` add up to the operation; `all`: what is known of the distinct ones.
  OperationResult run(const TraceOperation& operation, std::span<const DistinctPart> parts,
                      const std::vector<KnownOperation>& all) {
    const KnownOperation& known = all[parts.front().number];
    OperationResult done;
    done.layer = operation.layer;
    done.op = operation.op;
    done.pass = operation.pass;
    done.macs = operation.macs;
    done.mapping = known.mapping;
    done.pes = known.pes;
    done.log = known.log;
    for (const DistinctPart& part : parts) {
      done.parts += part.repeats;
      done.run.add_shapes(all[part.number].run, part.repeats);
    }
    if (tensors_) replay(operation, known, done);
    check_sums(done.run, operation);
    done.energy = counts_switching(operation) ? energy_of(done.run.events, done.run.switching, costs_)
                                              : energy_of(done.run.events, costs_);
    if (config_.machine.pe.zero_gating == ZeroGating::slot && done.numeric) gate(done);
    return done;
  }

 private:
  // Built when it is needed: all operations may be known.
  Accelerator& accelerator() {
    if (!accelerator_) accelerator_.emplace(config_.machine, simulation_);
    return *accelerator_;
  }

  // Prices slots with a zero operand as gated.
  void gate(OperationResult& done) const {
    const arith::DotCounts& dot = done.run.dot_counts;
    done.zero_gating = zero_gating_of(done.run.events, dot.products, dot.zero_products, costs_);
    done.energy = energy_of(with_gated_slots(done.run.events, dot.zero_products), costs_);
  }

  // Where its operands price an operation.
  bool counts_switching(const TraceOperation& operation) const {
    return tensors_ && costs_.switching && has_operands(operation);
  }

  // Runs the chosen program once more and writes it down.
  std::shared_ptr<const ActivityLog> log_of(const FastestProgram& fastest) {
    auto log = std::make_shared<ActivityLog>();
    if (accelerator().run(fastest.compiled.program, nullptr, *log) != fastest.run)
      throw ModelError("a run that is written down differs from one that is not");
    return log;
  }

  const Chain* chain() const { return chain_ ? &*chain_ : nullptr; }

  // Moves recorded values through the program whose shapes have been run.
  void replay(const TraceOperation& operation, const KnownOperation& known, OperationResult& done) {
    const bool computed_by_units = has_operands(operation) || has_update_operands(operation);
    if (chain_ && computed_by_units) done.origins = chain_->origins(operation);
    if (chain_ && operation.op != "update" && !operation.gemm) done.not_computed = chain_->compute(operation);
    if (has_operands(operation)) {
      const CompiledOperation compiled = compiler_.compile(operation, known.pes);
      const auto replay = make_replay(operation, compiled, trace_, *tensors_, config_, chain());
      done.run =
          accelerator().run(compiled.program, replay.get(),
                            counts_switching(operation) ? LaneActivity::counted : LaneActivity::ignored);
      done.numeric = replay->report(done.run.dot_counts);
      if (chain_) chain_->add_result(operation, replay->output_values());
    } else if (has_update_operands(operation)) {
      if (!computes_recorded_rule(config_.machine.optimizer, *operation.update)) {
        done.update_of_other_rule = operation.update->rule;
        return;
      }
      const CompiledOperation compiled = compiler_.compile(operation, known.pes);
      const auto replay = make_update_replay(operation, trace_, *tensors_, config_, chain());
      done.run = accelerator().run(compiled.program, replay.get());
      done.update = replay->report();
      const auto recorded = next_ == nullptr ? std::nullopt : next_->weights_of(operation);
      if (recorded) done.update->next_step = compare(replay->weight_values(), *recorded);
    }
    if (done.run.cycles != known.run.cycles || done.run.events != known.run.events) {
      throw ModelError(fmt::format("{}: values changed the cycles or events of its shapes", operation.layer));
    }
  }

  const Trace& trace_;
  const RunConfig& config_;
  const EnergyCosts& costs_;
  Compiler compiler_;
  Logs logs_;
  SimulationOptions simulation_;
  const NextStep* next_;
  std::optional<Accelerator> accelerator_;
  std::unique_ptr<TensorStore> tensors_;
  std::optional<Chain> chain_;
};

std::vector<std::size_t> in_order(std::size_t count) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

// By about the work they are, so that threads end together.
std::vector<std::size_t> largest_first(const std::vector<TraceOperation>& operations) {
  constexpr std::uint64_t kMacsOfAnElement = 64;  // that take as long
  const auto work = [&](std::size_t i) {
    const TraceOperation& operation = operations[i];
    if (operation.macs > 0) return operation.macs;
    return static_cast<std::uint64_t>(element_count(operation.shape).value_or(0)) * kMacsOfAnElement;
  };
  std::vector<std::size_t> order = in_order(operations.size());
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return work(a) > work(b); });
  return order;
}

std::vector<ChainCut> cuts_of(const Trace& trace, const std::vector<OperationResult>& operations) {
  std::vector<ChainCut> cuts;
  for (const auto& [name, value] : trace.values) {
    if (!value.because.empty()) cuts.push_back({name, value.because});
  }
  for (const OperationResult& done : operations) {
    if (!done.not_computed) continue;
    cuts.push_back(
        {fmt::format("{} ({}) {}", done.layer, done.op, kPassNames[static_cast<std::size_t>(done.pass)]),
         *done.not_computed});
  }
  return cuts;
}

// Simulated by whoever needs it first; what passes with time is of this machine.
template <class Simulate>
KnownOperation known_operation(KnownOperations& all, const Fingerprint& key, const PeParameters& pe,
                               const Simulate& simulate) {
  KnownOperation known = *all.get(key, [&] { return std::make_shared<const KnownOperation>(simulate()); });
  count_cycle_events(known.run.events, known.run.cycles, pe);
  return known;
}

// Counts what several threads have done.
class SharedProgress {
 public:
  SharedProgress(const Progress& progress, std::size_t total) : progress_(progress), total_(total) {}
  void done(const std::string& layer) {
    const std::lock_guard lock(mutex_);
    progress_(++done_, total_, layer);
  }

 private:
  const Progress& progress_;
  std::size_t total_;
  std::size_t done_ = 0;
  std::mutex mutex_;
};

}  // namespace

double utilisation(const RunResult& run, const PeParameters& pe) {
  if (run.cycles == 0) return 0.0;
  const double slots = static_cast<double>(run.cycles) * pe.count * pe.lanes * pe.vector_size;
  return static_cast<double>(run.events[Event::datapath_mac]) / slots;
}

IterationResult run_iteration(const Trace& trace, const RunConfig& config, const EnergyCosts& costs,
                              const IterationOptions& options, const Progress& progress) {
  if (config.machine.pe.zero_gating == ZeroGating::slot && costs.switching) {
    throw UserError(
        Diagnostic{{},
                   "pe.zero_gating",
                   "slot",
                   "off, because the energy table prices lanes by what switches in them, which was "
                   "characterised without gating"});
  }
  const DistinctOperations distinct(trace, config);
  const std::size_t operations = trace.operations.size();
  std::vector<std::unique_ptr<Worker>> workers(
      std::clamp<std::size_t>(worker_count(options.jobs), 1, std::max<std::size_t>(1, operations)));
  for (auto& worker : workers) worker = std::make_unique<Worker>(trace, config, costs, options);
  SharedProgress shared(progress, distinct.operations.size() + operations);

  KnownPrograms programs(config.machine);
  std::optional<OperationKeys> keys;
  if (options.known != nullptr) keys.emplace(config, costs);
  std::vector<KnownOperation> known(distinct.operations.size());
  run_tasks(largest_first(distinct.operations), workers.size(), [&](std::size_t worker, std::size_t i) {
    const TraceOperation& operation = distinct.operations[i];
    const auto simulate = [&] { return workers[worker]->shapes(operation, programs); };
    known[i] = keys ? known_operation(*options.known, keys->of(operation, trace), config.machine.pe, simulate)
                    : simulate();
    shared.done(operation.layer);
  });
  IterationResult result;
  result.operations.resize(operations);
  // A chain's values follow each other.
  const bool chained = options.values == Values::chained;
  const std::vector<std::size_t> order = chained ? in_order(operations) : largest_first(trace.operations);
  run_tasks(order, chained ? 1 : workers.size(), [&](std::size_t worker, std::size_t i) {
    result.operations[i] = workers[worker]->run(trace.operations[i], distinct.parts[i], known);
    shared.done(trace.operations[i].layer);
  });
  for (const OperationResult& done : result.operations) {
    result.run += done.run;
    result.macs += done.macs;
    result.energy += done.energy;
    result.chained = result.chained || !done.origins.empty();
    if (!done.zero_gating) continue;
    if (!result.zero_gating) result.zero_gating.emplace();
    *result.zero_gating += *done.zero_gating;
  }
  if (chained) result.cuts = cuts_of(trace, result.operations);
  result.sample = trace.header.sample;
  result.simulated = known.size();
  if (options.logs == Logs::kept) result.logged_units = workers.front()->logged_units();
  return result;
}

}  // namespace lnsim
