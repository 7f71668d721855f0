// Lets a design settle with the delays of its cells, in ticks of 0.1 ps.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tools/characterise/gates/event_wheel.h"
#include "tools/characterise/gates/simulation_core.h"
#include "tools/characterise/gates/static_timing.h"

namespace lnsim::gates {

class DelayedPropagation {
 public:
  DelayedPropagation(SimulationCore& core, const StaticTiming& timing, double period_ps);

  // A cycle in which `inputs` turn over.
  void run_cycle(std::span<const NetId> inputs);

 private:
  struct Ticks {
    std::uint32_t rise, fall;
  };
  // Why an output is about to change.
  struct Cause {
    std::uint32_t instance;
    std::uint32_t inputs = 0;  // as a mask
    std::uint32_t state = 0;
  };

  static std::vector<Ticks> ticks_of(const MappedDesign& design, const StaticTiming& timing);
  static std::uint32_t longest(const std::vector<Ticks>& delays);

  void change(NetId net) {
    core_->change(net, [this](std::uint32_t instance) { reached_.push_back(instance); });
  }
  void evaluate_reached(std::uint64_t now);
  void evaluate(std::uint32_t instance, std::uint32_t causes, std::uint64_t now);
  std::uint32_t delay(std::uint32_t instance, std::size_t output, bool rises, std::uint32_t causes) const;

  SimulationCore* core_;
  std::uint64_t half_period_;
  std::vector<std::size_t> first_delay_;  // by instance
  std::vector<Ticks> delays_;             // by instance, input, output
  std::vector<Cause> causes_;             // by output of the core
  EventWheel wheel_;
  std::vector<std::uint32_t> reached_, due_;
};

}  // namespace lnsim::gates
