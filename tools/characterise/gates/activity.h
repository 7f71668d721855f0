// What switched while a design was simulated.
#pragma once

#include <cstdint>
#include <vector>

namespace lnsim::gates {

// All counts are over the cycles since they were last cleared.
struct Activity {
  std::uint64_t cycles = 0;
  std::vector<std::uint64_t> rises, falls;  // by NetId; the clock's are its edges
  // By instance and power arc of its kind (CellKind::arcs), rise then fall: how often an output went so
  // because of that arc's input, or an input went so, in the state of the arc's `when`. Several inputs that
  // change at once share a transition equally.
  std::vector<double> arcs;
  // By instance: the leakage of the states it was in at the ends of the cycles, added up. A flip-flop's is
  // the mean over both levels of the clock.
  std::vector<double> leakage_nw_cycles;
};

}  // namespace lnsim::gates
