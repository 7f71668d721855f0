// Pending changes of outputs in order of time: at most one per output, each less than the wheel's span ahead.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/base/bit_set.h"

namespace lnsim::gates {

class EventWheel {
 public:
  // Of `outputs` outputs; times are ticks, and no change is scheduled `longest_delay` + 1 ticks ahead or
  // more.
  EventWheel(std::size_t outputs, std::uint32_t longest_delay);

  // Time is 0 again; nothing may be pending.
  void restart() { now_ = 0; }
  bool empty() const { return pending_ == 0; }
  bool pending(std::size_t output) const { return slot_[output] != kNone; }
  // Not before the last time taken; the output must have no pending change.
  void schedule(std::size_t output, std::uint64_t time);
  void cancel(std::size_t output);
  // The earliest pending time; there must be one.
  std::uint64_t next_time();
  // Moves the changes of that time to the end of `outputs`.
  void take(std::uint64_t time, std::vector<std::uint32_t>& outputs);

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;

  std::uint64_t now_ = 0;
  std::size_t pending_ = 0;
  std::uint64_t mask_;                                 // slots - 1; a slot is a time modulo their number
  BitSet occupied_;                                    // slots
  std::vector<std::uint32_t> first_;                   // by slot
  std::vector<std::uint32_t> slot_, next_, previous_;  // by output
};

}  // namespace lnsim::gates
