// How far estimates of a sweep's points were off, by those that were simulated after them.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/run/sweep/rules.h"

namespace lnsim {

// Shares of the simulated value.
struct EstimateErrors {
  struct Error {
    double mean = 0.0, worst = 0.0;
  };
  std::uint64_t points = 0;
  Error cycles, energy;
  std::vector<double> worst_objectives;  // by objective of the sweep; empty before the first point

  // `rules` of the sweep. Points that failed say nothing.
  void add(const SweepPoint& estimate, const SweepPoint& simulated, SweepRules& rules);

  // What other points' estimates may be off by: twice the worst so far (our choice), nothing before the
  // first.
  EstimateMargins margins() const;
};

}  // namespace lnsim
