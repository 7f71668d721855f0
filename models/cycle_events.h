// Events that pass with time, whatever the machine does: leakage and clock.
#pragma once

#include <cstdint>

#include "models/events.h"
#include "models/parameters.h"

namespace lnsim {

// Writes the events that `cycles` cycles of a machine have, once what its units counted stands in `events`: a
// lane is idle in every cycle in which none of its multiplier slots belongs to a working beat.
inline void count_cycle_events(EventCounts& events, std::uint64_t cycles, const PeParameters& pe) {
  const std::uint64_t pe_cycles = cycles * pe.count;
  const std::uint64_t lane_cycles = pe_cycles * pe.lanes;
  const std::uint64_t slots = events[Event::datapath_mac] + events[Event::datapath_idle_mac];
  events[Event::global_buffer_leakage_cycle] = cycles;
  events[Event::buffer_a_leakage_cycle] = pe_cycles;
  events[Event::buffer_b_leakage_cycle] = pe_cycles;
  events[Event::datapath_leakage_cycle] = lane_cycles;
  events[Event::datapath_idle_cycle] = lane_cycles - slots / pe.vector_size;
  events[Event::pe_leakage_cycle] = pe_cycles;
  events[Event::pe_clock_cycle] = pe_cycles;
  events[Event::system_leakage_cycle] = cycles;
  events[Event::system_clock_cycle] = cycles;
}

}  // namespace lnsim
