// Bursts in flight: one is asked for when the one so many before it has come back.
#pragma once

#include <cstdint>
#include <deque>

#include "sim/base/clock.h"

namespace lnsim {

class BurstWindow {
 public:
  BurstWindow(std::uint32_t most_in_flight, Cycle round_trip)
      : most_(most_in_flight), round_trip_(round_trip) {}

  // `count` further bursts, which the DRAM would take evenly from `from` to `end`: when the last one is asked
  // for.
  Cycle last_of(std::uint64_t count, Cycle from, Cycle end);

 private:
  struct Run {
    std::uint64_t first = 0, count = 0;
    Cycle from = 0, end = 0;
  };
  Cycle asked_for(std::uint64_t burst) const;

  std::uint64_t most_;
  Cycle round_trip_;
  std::uint64_t asked_ = 0;
  std::deque<Run> runs_;  // those that later bursts may wait for
};

}  // namespace lnsim
