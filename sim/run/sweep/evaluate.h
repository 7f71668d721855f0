// What a design point gives: by shapes on every trace, simulated or estimated, and in numbers on the recorded
// operands.
//
// An operation is simulated once for all machines that agree in what it uses (sim/run/operation_keys.h), and
// priced by each machine's own costs. The numeric error is that of the base machine with the point's formats,
// datapath, optimizer, vectors and packing: what else a point changes changes no value.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/once_cache.h"
#include "sim/run/compare/characterised.h"
#include "sim/run/config/run_config.h"
#include "sim/run/energy/energy_table.h"
#include "sim/run/iteration_estimate.h"
#include "sim/run/known_operations.h"
#include "sim/run/sweep/metrics.h"
#include "sim/run/sweep/result_store.h"
#include "sim/run/trace/trace.h"
#include "sim/run/trace_tools/tensor_role.h"

namespace lnsim {

// A trace with what identifies it.
struct SweepTrace {
  Trace trace;
  std::string hash;
};

struct SweepInputs {
  std::vector<SweepTrace> traces;
  std::optional<SweepTrace> operands;
  std::optional<Characterisation> areas;
  RunConfig base;       // of the numeric machine
  std::string program;  // version and commit
};

enum class Timing : std::uint8_t { simulated, estimated };

// Several threads may use it.
class Evaluator {
 public:
  // `store` gives what it knows and takes what is new; both must outlive this object.
  Evaluator(const SweepInputs& inputs, ResultStore& store);

  // `folder` is the one that the config's paths are relative to. What goes wrong is the result's error.
  SweepResult evaluate(const RunConfig& config, const std::filesystem::path& folder, Timing timing);

 private:
  // What rounding to a format alone leaves of the recorded tensors, in dB, the mean over those of a role.
  using Rounding = std::array<std::optional<double>, kTensorRoleNames.size()>;
  struct Table {
    EnergyTable table;
    std::string hash;  // of all its files
  };

  // What an iteration takes.
  struct Totals {
    std::uint64_t macs = 0;
    RunResult run;
    Energy energy;
  };

  SweepResult evaluated(const RunConfig& config, const std::filesystem::path& folder, Timing timing);
  SweepResult by_shapes(const SweepTrace& trace, const RunConfig& config, const EnergyCosts& costs,
                        const std::string& costs_hash, Timing timing);
  Totals totals(const SweepTrace& trace, const RunConfig& config, const EnergyCosts& costs, Timing timing);
  SweepResult in_numbers(const SweepTrace& trace, const RunConfig& config, const EnergyCosts& costs);
  std::shared_ptr<const Table> table(const std::filesystem::path& path);
  std::shared_ptr<const Rounding> rounding(const SweepTrace& trace, const arith::FormatParameters& format);

  const SweepInputs& inputs_;
  ResultStore& store_;
  OnceCache<std::string, std::shared_ptr<const Table>> tables_;
  OnceCache<std::string, std::shared_ptr<const Rounding>> roundings_;
  OnceCache<std::string, SweepResult> numbers_;
  std::map<std::string, KnownOperations> known_;  // by trace, as the next one
  std::map<std::string, KnownEstimates> estimated_;
};

}  // namespace lnsim
