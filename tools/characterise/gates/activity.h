// What switched while a design was simulated.
#pragma once

#include <cstdint>
#include <vector>

namespace lnsim::gates {

// All counts are over the cycles since they were last cleared.
struct Activity {
  std::uint64_t cycles = 0;
  std::vector<std::uint64_t> rises, falls;  // by NetId; the clock's are its edges
  // Transitions by instance and power arc of its kind, instance after instance: rises at twice the arc, falls
  // behind. Several inputs that change at once share an output's transition equally.
  std::vector<double> arcs;
  // By instance: the leakage of the states it was in at the ends of the cycles, added up.
  std::vector<double> leakage_nw_cycles;
};

}  // namespace lnsim::gates
