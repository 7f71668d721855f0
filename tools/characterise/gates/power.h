// Energy of what a simulation counted, by block.
//
// A net's transition costs 1/2 C V^2 of its load (pins and wire) and is charged to the cell that drives it;
// the supply gives C V^2 when it rises and nothing when it falls, half of which each transition turns into
// heat. The internal_power tables of Liberty hold only what goes into the cell itself (internal nodes and the
// short-circuit current), so that nothing is counted twice: an output pin's table is read at the slew of the
// input that caused the transition and the load of the output, an input pin's at its own slew. Unconnected
// outputs switch too (the QN half of a flip-flop). Where a `when` names a state, the state at the time of the
// transition decides; a transition for which no group's state holds takes the mean of that input's groups.
// Leakage: of the state at the end of each cycle.
#pragma once

#include <vector>

#include "tools/characterise/gates/activity.h"
#include "tools/characterise/gates/static_timing.h"

namespace lnsim::gates {

// Energies are totals over the cycles of the activity.
struct BlockEnergy {
  double combinational_fj = 0;  // combinational cells and the nets they drive
  double sequential_fj = 0;     // flip-flops: data inputs, outputs and the nets they drive
  double clock_fj = 0;          // flip-flops: capacitance and internal power of the clock pin, every edge
  double leakage_nw = 0;        // mean power

  double dynamic_fj() const { return combinational_fj + sequential_fj + clock_fj; }
};

class PowerModel {
 public:
  PowerModel(const MappedDesign& design, const StaticTiming& timing);

  // By block, as MappedDesign::blocks() lists them.
  std::vector<BlockEnergy> by_block(const Activity& activity) const;
  // 1/2 C V^2 of the loads of the design's input ports but the clock, in fJ: what drives them stands outside
  // and no block pays for it.
  double input_ports_fj(const Activity& activity) const;

 private:
  const MappedDesign* design_;
  std::vector<double> net_fj_;        // of a transition, by NetId
  std::vector<double> clock_pin_fj_;  // of an edge's 1/2 C V^2, by instance; 0 of a combinational cell
  std::vector<double> arc_fj_;        // as Activity::arcs
};

}  // namespace lnsim::gates
