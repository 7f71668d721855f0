// A PE of the simulator - sequencer, lanes, post-processing unit, vector unit, with their queues - and its
// Verilated twin, given the same in every cycle and compared in every cycle.
//
// Compared: room in the command queue; both packet outputs (valid, address, bytes, command, last, and what
// the packets carry); the progress counters that the PE advances; every event count.
#pragma once

#include <cstdint>
#include <string>

#include "models/control/program.h"
#include "tests/lockstep/pe_data.h"
#include "tests/lockstep/pe_machine.h"
#include "tests/lockstep/pe_surroundings.h"
#include "tests/lockstep/pe_twin.h"

namespace lnsim::lockstep {

struct PeRun {
  const Program* program = nullptr;
  std::uint32_t position = 0;
  PeStalls stalls;
  std::uint64_t seed = 0;
  Cycle cycle_limit = 10'000'000;
};

struct PeSeen {
  std::string mismatch;  // the first one; empty: none
  std::uint64_t cycles = 0;
  std::uint64_t packets = 0;
  std::uint64_t packets_held_up = 0;   // cycles in which a packet was not taken
  std::uint64_t commands_held_up = 0;  // cycles in which the command queue was full
  std::uint64_t lanes_held_up = 0;     // cycles in which lanes or vector unit waited for packets to leave
  std::uint64_t bytes = 0;             // that packets carried
  EventCounts events;
};

PeSeen run_pe(const PeMachine& machine, PeTwin& twin, PeData& data, const PeRun& run);

}  // namespace lnsim::lockstep
