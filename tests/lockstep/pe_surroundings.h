// Everything around one PE, played: the controller issues the program, an operand bus fills the buffers,
// packets are taken, the other queues complete their commands. When each of them does so is drawn at random,
// so that the PE meets every combination of early and late.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "tests/lockstep/pe_decode.h"
#include "tests/lockstep/pe_host.h"
#include "tests/lockstep/simulated_pe.h"

namespace lnsim::lockstep {

// How often, in percent of the cycles, something that could happen does not.
struct PeStalls {
  unsigned issue = 0;    // of a command
  unsigned load = 0;     // each beat of a load
  unsigned packet = 0;   // of a packet output
  unsigned counter = 0;  // of a progress counter that others advance
};

class PeSurroundings final : public Unit, public PeHost {
 public:
  PeSurroundings(Simulation& simulation, RunState& run, const PeMachine& machine, std::uint32_t position,
                 PeData& data, SimulatedPe& pe, const PeStalls& stalls, std::uint64_t seed);

  void look(Cycle) override {}
  const PeGiven& given(std::size_t) const override { return given_; }
  const std::vector<std::uint32_t>& produced() const override { return produced_; }
  const std::vector<Counter>& advanced() const override { return advanced_; }
  bool over() const override { return idle_cycles_ > kIdleCycles; }
  void give_up() override { idle_cycles_ = kIdleCycles + 1; }

  void reset() override {}
  std::string state() const override { return {}; }

 protected:
  void step(Cycle now) override;

 private:
  static constexpr unsigned kIdleCycles = 40;

  // A queue whose commands take a while and then advance a counter.
  struct Queue {
    std::deque<std::size_t> commands;
    Waiter waiter;
    bool working = false;
  };

  bool happens(unsigned stall_percent) { return random_() % 100 >= stall_percent; }
  void take_packets(Cycle now);
  std::optional<OutputPacket> take_packet(Channel<OutputPacket>& channel, bool ready, Cycle now);
  void complete(Queue& queue, Counter counter, Cycle now);
  void load(Cycle now);
  void begin_load(Cycle now);
  void end_load(Cycle now);
  void issue(Cycle now);
  const Load& current_load() const;

  RunState& run_;
  const PeMachine& machine_;
  PeDecoder decoder_;
  PeData& data_;
  SimulatedPe& pe_;
  PeStalls stalls_;
  std::mt19937_64 random_;
  BusyReport waits_;  // of all queues

  PeGiven given_;
  std::vector<std::uint32_t> produced_;
  std::vector<Counter> advanced_;
  std::size_t next_ = 0;
  std::uint32_t ordinal_ = 0;
  Queue fetches_, write_backs_, updates_, loads_;
  std::deque<PeWrite> writes_;  // of the load under way
  std::deque<std::pair<Cycle, std::uint32_t>> arriving_;
  unsigned idle_cycles_ = 0;
};

}  // namespace lnsim::lockstep
