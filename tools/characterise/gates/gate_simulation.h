// Simulates a mapped design, cycle by cycle, and counts what switches.
//
// A cycle: the clock rises, flip-flops take what stands at their inputs, their outputs and the inputs set
// since the last cycle change, everything settles, the clock falls. Two modes:
//
//   without delays: a net changes at most once per cycle, which leaves glitches out;
//   with delays: an output follows each of its inputs by the delay of StaticTiming, to 0.1 ps (sdf_text says
//   the same to other simulators). A change that is taken back before it has come out does not happen
//   (inertial delay). Of inputs that change at the same time the fastest counts. The clock falls after half a
//   period, later changes see it low.
//
// At the start every flip-flop and input is 0 and the logic has settled.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tools/characterise/gates/activity.h"
#include "tools/characterise/gates/mapped_design.h"
#include "tools/characterise/gates/static_timing.h"

namespace lnsim::gates {

// Refers to the design, which must outlive it.
class GateSimulation {
 public:
  // Without delays.
  explicit GateSimulation(const MappedDesign& design);
  // With delays. Throws UserError when the period is shorter than the critical path or a delay is longer
  // than 1 us.
  GateSimulation(const MappedDesign& design, const StaticTiming& timing, double period_ps);
  ~GateSimulation();
  GateSimulation(GateSimulation&&) noexcept;

  // Sets an input port, not the clock, from the next cycle on: bit 0 is bit 0 of words[0]; missing words are
  // 0.
  void set_input(std::size_t port, std::span<const std::uint64_t> words);
  void run_cycle();

  bool value(NetId net) const;
  std::vector<std::uint64_t> port_value(std::size_t port) const;

  const Activity& activity() const;
  void clear_activity();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace lnsim::gates
