#include "models/estimate/burst_window.h"

#include <algorithm>

namespace lnsim {

Cycle BurstWindow::last_of(std::uint64_t count, Cycle from, Cycle end) {
  // The first bursts of the run wait for earlier runs', the others for each other.
  const std::uint64_t rounds = (count - 1) / most_;
  const std::uint64_t first_round = (count - 1) % most_;
  Cycle in_first_round = from + (end - from) * (first_round + 1) / count;
  const std::uint64_t burst = asked_ + first_round;
  if (burst >= most_) in_first_round = std::max(in_first_round, asked_for(burst - most_) + round_trip_);
  const Cycle last = std::max(end, in_first_round + rounds * round_trip_);
  runs_.push_back({asked_, count, from, last});
  asked_ += count;
  while (runs_.front().first + runs_.front().count + most_ <= asked_) runs_.pop_front();
  return last;
}

Cycle BurstWindow::asked_for(std::uint64_t burst) const {
  for (const Run& run : runs_) {
    if (burst < run.first + run.count)
      return run.from + (run.end - run.from) * (burst - run.first + 1) / run.count;
  }
  return 0;
}

}  // namespace lnsim
