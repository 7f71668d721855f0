// A traced training iteration without simulating it: the events of its programs, and estimates of their
// cycles.
//
// How many PEs an operation uses is decided by estimates, too; where that is another number than simulation
// would choose (sim/run/compile/fastest_program.h), it moves other bytes.
#pragma once

#include <cstdint>

#include "models/accelerator.h"
#include "sim/base/hash.h"
#include "sim/base/once_cache.h"
#include "sim/run/config/run_config.h"
#include "sim/run/energy/energy.h"
#include "sim/run/energy/energy_table.h"
#include "sim/run/trace/trace.h"

namespace lnsim {

struct EstimatedOperation {
  std::uint64_t cycles = 0;
  EventCounts events;  // without those that pass with time
};

// Operations of a trace that were estimated before, by their OperationKeys. Several threads may use it.
class KnownEstimates : public OnceCache<Fingerprint, EstimatedOperation> {
 public:
  KnownEstimates() : OnceCache(std::size_t{1} << 18U) {}  // some 100 MB (our choice)
};

struct IterationEstimate {
  std::uint64_t macs = 0;
  RunResult run;  // cycles and events
  Energy energy;
};

// In the calling thread alone. `known`: of this trace. Throws UserError for operations the machine cannot
// run.
IterationEstimate estimate_iteration(const Trace& trace, const RunConfig& config, const EnergyCosts& costs,
                                     KnownEstimates& known);

}  // namespace lnsim
