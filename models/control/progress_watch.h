// Tells a run that cannot come to an end from one that only takes long.
//
// A run looks every patience_cycles. Without any event since the last look, nothing has been moved or
// computed: either units wait for something very far away, or they step, ask and are denied in most cycles,
// which is a livelock. With events but no command done for command_patience_cycles, units work without end: a
// livelock, too.
#pragma once

#include <cstdint>
#include <string>

#include "models/accelerator.h"
#include "models/events.h"
#include "sim/base/clock.h"

namespace lnsim {

class ProgressWatch {
 public:
  ProgressWatch(const SimulationOptions& options, std::uint64_t stepped_cycles)
      : options_(options), stepped_(stepped_cycles) {}

  // Asked every patience_cycles: what is wrong, in words; empty when the run may go on. `stepped_cycles`: in
  // which units have stepped; `last_advance`: the cycle in which a command was last done.
  std::string look(std::uint64_t stepped_cycles, const EventCounts& events, Cycle last_advance);

 private:
  std::string since_last_look(const EventCounts& events) const;

  const SimulationOptions& options_;
  Cycle last_advance_ = 0;
  std::uint64_t waited_ = 0;  // cycles for a command to get done
  std::uint64_t stepped_;
  EventCounts events_;
};

}  // namespace lnsim
