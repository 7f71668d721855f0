// What a database says of a sweep: its points with their objectives, and which are best.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sim/run/sweep/result_store.h"

namespace lnsim {

struct SweepOutcome {
  StoredSweep sweep;
  std::vector<SweepPoint> points;                              // without the reference, by number
  std::vector<std::vector<std::optional<double>>> objectives;  // by point
  std::vector<bool> is_on_front;                               // by point
  std::optional<SweepPoint> reference;
  std::vector<std::optional<double>> reference_objectives;
};

SweepOutcome outcome_of(ResultStore& store, const StoredSweep& sweep);

// Which points are on the front, the best by the first objective first.
std::vector<std::size_t> front_of(const SweepOutcome& outcome);

}  // namespace lnsim
