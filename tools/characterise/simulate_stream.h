// Energy of a mapped design on one stream.
#pragma once

#include <functional>
#include <memory>

#include "tools/characterise/characterise.h"
#include "tools/characterise/gates/power.h"
#include "tools/characterise/stimulus.h"

namespace lnsim::characterise {

struct SimulationLength {
  unsigned batch_cycles = 128;
  unsigned smallest_batches = 8;
  unsigned largest_cycles = 8192;
  double standard_error = 0.01;  // of the mean, relative; where the simulation ends
};

class StreamSimulator {
 public:
  // All must outlive it. `block_of`: the block of each of the design's blocks().
  StreamSimulator(const gates::MappedDesign& design, const gates::StaticTiming& timing, double period_ps,
                  std::vector<std::size_t> block_of, std::size_t blocks);

  // Cycles before `warm_up` are not counted.
  StreamResult run(Stimulus& stimulus, unsigned warm_up, const SimulationLength& length) const;

 private:
  class Mean;

  const gates::MappedDesign* design_;
  const gates::StaticTiming* timing_;
  double period_ps_;
  std::vector<std::size_t> block_of_;
  std::size_t blocks_;
  gates::PowerModel power_;
};

}  // namespace lnsim::characterise
