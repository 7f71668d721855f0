// Runs the points of a sweep that are not in the database yet.
//
// With `simulate: front` points are estimated first. Then those are simulated that no other point's figures
// beat even if their own are better than estimated by a margin, and again, as simulated figures replace
// estimates, until there are none: the front of the whole sweep is then simulated, and right if no other
// estimate is off by more than the margin. Unless the sweep gives one, it is twice the worst error of the
// estimates of points that were simulated by then, objective by objective. A shard leaves that to the run
// that merges.
#pragma once

#include <cstdint>
#include <functional>

#include "sim/run/sweep/estimate_errors.h"
#include "sim/run/sweep/result_store.h"
#include "sim/run/sweep/sweep_file.h"

namespace lnsim {

// A part of a grid or random search: of the points in order, the index-th of `count` equal blocks. Points
// next to each other differ in the last axes, so that blocks share few machines.
struct SweepShard {
  std::uint32_t index = 0;
  std::uint32_t count = 1;
};

// Points done, of how many; failed ones are done.
using SweepProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

struct SweepOptions {
  unsigned jobs = 0;  // threads; 0: one per core. The result does not depend on it
  SweepShard shard;
};

struct SweepRun {
  StoredSweep sweep;
  std::uint64_t run = 0;        // points that were not known before
  std::uint64_t simulated = 0;  // of points known as estimates
  EstimateErrors estimates;     // where only the front is simulated
  std::uint64_t left_out = 0;   // by constraints over parameters
};

// Throws UserError for inputs that cannot be read, and for a shard of a search whose points follow from each
// other. Points that fail have their error, and do not stop the others.
SweepRun run_sweep(const SweepFile& sweep, ResultStore& store, const SweepOptions& options,
                   const SweepProgress& progress);

}  // namespace lnsim
