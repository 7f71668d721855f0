// The simulator's PE and its twin: gives the twin what the PE was given in a cycle, and compares what both
// show.
//
// Compared: room in the command queue; both packet outputs (valid, address, bytes, command, last, and what
// the packets carry); the progress counters that the PE advances; every event count.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/lockstep/pe_data.h"
#include "tests/lockstep/pe_host.h"
#include "tests/lockstep/simulated_pe.h"

namespace lnsim::lockstep {

struct PeSeen {
  std::string mismatch;  // the first one; empty: none
  std::uint64_t cycles = 0;
  std::uint64_t packets = 0;
  std::uint64_t packets_held_up = 0;   // cycles in which a packet was not taken
  std::uint64_t commands_held_up = 0;  // cycles in which the command queue was full
  std::uint64_t lanes_held_up = 0;     // cycles in which lanes or vector unit waited for packets to leave
  EventCounts events;
};

// Looks at both sides half a cycle after the units have stepped, when everything of the cycle has happened.
// The first cycle is 1.
class PeComparison final : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(PeComparison);
  PeComparison(const sc_core::sc_module_name& name, PeHost& host, const SimulatedPe& pe, RunState& state,
               PeData& data, PeTwin& twin);

  // Runs the simulation to the end of the program.
  PeSeen run(Simulation& simulation, Cycle limit);

 private:
  void reset_twin();
  void look();
  void compare(const PeGiven& given);
  void give(const PeGiven& given);
  void compare_queue(const PeOutputs& shown);
  void compare_packet(const std::string& what, const PePacket& shown,
                      const std::optional<OutputPacket>& front, bool carries_values);
  void compare_values(const std::string& what, const PePacket& shown, std::uint32_t bytes);
  void compare_counters(const PeOutputs& shown, const PeGiven& given);
  void mark_done(Counter counter, std::uint32_t ordinal);
  void compare_events(const PeOutputs& shown);

  template <class Value>
  void expect_equal(std::string_view what, const Value& got, const Value& expected);

  PeHost& host_;
  const SimulatedPe& pe_;
  RunState& state_;
  PeData& data_;
  PeTwin& twin_;
  Scoreboard twin_board_;
  EventCounts twin_events_;
  sc_core::sc_event next_;
  Cycle now_ = 0;
  bool room_ = true;                                      // in the command queue, when the cycle began
  std::optional<std::vector<std::uint8_t>> front_bytes_;  // that the packet at the front must carry
  PeSeen seen_;
};

}  // namespace lnsim::lockstep
