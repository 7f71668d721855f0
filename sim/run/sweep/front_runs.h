// The points on a sweep's front once more, in detail.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sim/run/progress.h"
#include "sim/run/sweep/outcome.h"
#include "sim/run/sweep/sweep_file.h"

namespace lnsim {

inline constexpr std::size_t kMostFrontRuns = 32;  // by the first objective, best first (our choice)

// Writes for every point on the front FOLDER/NUMBER/config.yaml and, for every trace,
// FOLDER/NUMBER/TRACE/report.json and layers.csv, as `lnsim run` does: with the recorded values of traces
// that have them. Returns the folders of the points. Throws what run_iteration and write_file throw.
std::vector<std::filesystem::path> run_front(const SweepFile& sweep, const SweepOutcome& outcome,
                                             const std::filesystem::path& folder, unsigned jobs,
                                             const Progress& progress);

}  // namespace lnsim
