// A machine's timing state between two cycles, as numbers: equal images go on alike.
//
// Units write everything their next steps depend on, and nothing else: times as seen from now, so that the
// same situation gives the same image whenever it occurs.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/clock.h"

namespace lnsim {

class StateImage {
 public:
  // Begins a new one: all steps of cycle `now` are done.
  void begin(Cycle now) {
    now_ = now;
    words_.clear();
  }

  void number(std::uint64_t value) { words_.push_back(value); }
  // The cycle that the state is about.
  Cycle next() const { return now_ + 1; }
  bool has_come(Cycle at) const { return at <= next(); }
  // A cycle that is only ever asked whether it has come: those that have are all alike in the next cycle.
  void time(Cycle at) { words_.push_back(has_come(at) ? 0 : at == kNever ? kNever : at - now_); }
  // A cycle in the past that still counts.
  void past(Cycle at) { words_.push_back(now_ - at); }

  const std::vector<std::uint64_t>& words() const { return words_; }

 private:
  Cycle now_ = 0;
  std::vector<std::uint64_t> words_;
};

}  // namespace lnsim
