// Runs a traced training iteration on the machine, operator by operator.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/accelerator.h"
#include "models/control/activity_log.h"
#include "sim/run/compile/compile.h"
#include "sim/run/config/run_config.h"
#include "sim/run/energy/energy.h"
#include "sim/run/energy/zero_gating.h"
#include "sim/run/known_operations.h"
#include "sim/run/progress.h"
#include "sim/run/replay/chain.h"
#include "sim/run/replay/next_step.h"
#include "sim/run/replay/replay.h"
#include "sim/run/replay/update_replay.h"
#include "sim/run/trace/trace.h"

namespace lnsim {

// One operator in one pass.
struct OperationResult {
  std::string layer;
  std::string op;
  Pass pass = Pass::forward;
  std::uint64_t macs = 0;  // by the operator's closed formula
  std::uint64_t parts =
      0;  // run one after the other; more than one where the operation is too large for a program
  RunResult run;
  Energy energy;
  std::vector<MappingChoice> mapping;           // one per product
  std::uint32_t pes = 0;                        // that its program may use
  std::optional<NumericReport> numeric;         // of a product with recorded operands
  std::optional<UpdateReport> update;           // of a recorded weight update
  std::optional<ZeroGatingResult> zero_gating;  // with values, where the config gates
  // The rule of a recorded update whose values stay aside, because the machine's units compute another one.
  std::optional<std::string> update_of_other_rule;
  // In a chain: where the operands of a product or update came from; of other operators, why their values are
  // not computed.
  std::vector<OperandOrigin> origins;
  std::optional<std::string> not_computed;
  std::shared_ptr<const ActivityLog> log;  // if asked for; equal operations share one
};

struct IterationResult {
  // Where the trace is one: cycles and energy are the sample's.
  std::optional<TraceSample> sample;
  std::vector<OperationResult> operations;  // in trace order
  RunResult run;                            // sums
  std::uint64_t macs = 0;
  Energy energy;
  std::optional<ZeroGatingResult> zero_gating;  // sum over those that have it
  bool chained = false;                         // operands came from a chain
  std::vector<ChainCut> cuts;                   // of the chain
  std::uint64_t simulated = 0;                  // distinct operations; the others repeat one of these
  std::vector<std::string> logged_units;        // the units of the logs
};

// Multiply-accumulate slots that held useful work, of all slots of all PEs in `run.cycles`: between 0 and 1.
double utilisation(const RunResult& run, const PeParameters& pe);

// `chained`: operands that the machine has made itself are taken instead of the recorded ones, see
// sim/run/replay/chain.h.
enum class Values : std::uint8_t { when_recorded, chained, shapes_only };
// Whether to write down what each unit does in every cycle.
enum class Logs : std::uint8_t { none, kept };

struct IterationOptions {
  Values values = Values::when_recorded;
  Logs logs = Logs::none;
  SimulationOptions simulation{};
  const NextStep* next = nullptr;    // its weights are compared with the new ones
  KnownOperations* known = nullptr;  // of this trace, with which other machines were simulated; without logs
  unsigned jobs = 0;  // threads; 0: one per core. The result does not depend on it; chained values take one
};

// Throws UserError for operations the machine cannot run and for bad tensors, ModelError when a promise is
// broken: a deadlock, or sums that do not add up. Of several errors, that of the first operation.
IterationResult run_iteration(const Trace& trace, const RunConfig& config, const EnergyCosts& costs,
                              const IterationOptions& options, const Progress& progress);

}  // namespace lnsim
