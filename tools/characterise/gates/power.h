// Energy of what a simulation counted, by block.
//
// A net's transition costs 1/2 C V^2 of its load (pins, wire, output port) and is charged to the cell that
// drives it: a rise takes C V^2 from the supply, of which half becomes heat then and half when the net falls.
// The internal_power tables of Liberty hold only what goes into the cell itself (internal nodes and the
// short-circuit current), so that nothing is counted twice. An output pin's table is read at its load and at
// the slew of the input that caused the transition (the mean of both directions where either may be the
// cause), an input pin's at its own slew. Unconnected outputs switch too (the QN half of a flip-flop). Where
// a `when` names a state, the state at the time of the transition decides; a transition for which no group's
// state holds takes the mean of that input's groups. Leakage is that of the states at the ends of the cycles,
// of a flip-flop the mean over both levels of the clock.
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

// Refers to the design, which must outlive it.
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
