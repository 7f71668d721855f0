// The simulator's PE and its twin: gives the twin what the PE was given in a cycle, and compares what both
// show.
//
// Compared: room in the command queue; both packet outputs (valid, address, bytes, command, last, and what
// the packets carry); the progress counters that the PE advances; every event count.
#pragma once

#include <array>
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

struct ComparedPe {
  const SimulatedPe* simulated = nullptr;
  PeTwin* twin = nullptr;
};

// Looks at both sides half a cycle after the units have stepped, when everything of the cycle has happened.
// The first cycle is 1.
class PeComparison final : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(PeComparison);
  PeComparison(const sc_core::sc_module_name& name, PeHost& host, std::vector<ComparedPe> pes,
               RunState& state, PeData& data);

  // Runs the simulation to the end of the program.
  PeSeen run(Simulation& simulation, Cycle limit);

 private:
  struct Side {
    explicit Side(const ComparedPe& pe) : simulated(*pe.simulated), twin(*pe.twin) {}
    const SimulatedPe& simulated;
    PeTwin& twin;
    bool room = true;                                      // in the command queue, when the cycle began
    std::optional<std::vector<std::uint8_t>> front_bytes;  // that the packet at the front must carry
  };

  static void reset(PeTwin& twin);
  void look();
  void compare_cycle();
  PeOutputs show(Side& side, const PeGiven& given);
  void compare_queue(Side& side, const PeOutputs& shown);
  bool compare_packet(const std::string& what, const PePacket& shown,
                      const std::optional<OutputPacket>& front);
  void compare_values(std::size_t pe, const PePacket& shown, std::uint32_t bytes);
  void mark_done(const PeDone& done);
  void mark_done(Counter counter, std::uint32_t ordinal);
  void compare_counters();
  void compare_events();

  template <class Value>
  void expect_equal(std::string_view what, const Value& got, const Value& expected);

  PeHost& host_;
  std::vector<Side> sides_;
  RunState& state_;
  PeData& data_;
  Scoreboard twin_board_;  // the twins' counters, kept as the simulator keeps its own
  std::array<std::uint32_t, kCounterCount> counters_{};  // as they are seen in this cycle
  EventCounts twin_events_;
  sc_core::sc_event next_;
  Cycle now_ = 0;
  PeSeen seen_;
};

}  // namespace lnsim::lockstep
