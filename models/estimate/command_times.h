// When a command leaves its queue, and when the progress counters count it.
#pragma once

#include "sim/base/clock.h"

namespace lnsim {

struct CommandTimes {
  Cycle taken = 0;
  Cycle consumed = 0;  // PE commands: every PE has read its operands
  Cycle done = 0;      // the last effect: in the global buffer, in the PEs' buffers, or in DRAM
};

}  // namespace lnsim
