// Lets a design settle in an order in which each cell is evaluated once, so that nothing glitches.
//
// Inputs of a cell that change in the same cycle are taken one after the other, in order of their drivers,
// where the library's `when` asks for the state of the others.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/base/bit_set.h"
#include "tools/characterise/gates/simulation_core.h"

namespace lnsim::gates {

class ZeroDelayPropagation {
 public:
  explicit ZeroDelayPropagation(SimulationCore& core);

  // From whatever state, all cells.
  void settle_all();
  // A cycle in which `inputs` turn over.
  void run_cycle(std::span<const NetId> inputs);

 private:
  void mark(std::uint32_t instance) { waiting_.insert(position_[instance]); }
  void settle();
  void update(std::uint32_t instance, std::uint32_t causes);

  SimulationCore* core_;
  std::vector<std::uint32_t> position_;  // by instance, in the design's order
  BitSet waiting_;                       // positions
};

}  // namespace lnsim::gates
