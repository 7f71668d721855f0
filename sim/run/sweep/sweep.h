// Runs the points of a sweep that are not in the database yet.
#pragma once

#include <cstdint>
#include <functional>

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
  std::uint64_t run = 0;       // points that were not known before
  std::uint64_t left_out = 0;  // by constraints over parameters
};

// Throws UserError for inputs that cannot be read, and for a shard of a search whose points follow from each
// other. Points that fail have their error, and do not stop the others.
SweepRun run_sweep(const SweepFile& sweep, ResultStore& store, const SweepOptions& options,
                   const SweepProgress& progress);

}  // namespace lnsim
