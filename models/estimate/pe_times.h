// When the PEs have done their commands and their output is in the global buffer: an estimate.
//
// The first PE, which has the largest slice, stands for all. Passes follow the formulas of
// models/compute/pe.h; a block's columns pass the PPU one after the other and leave in packets, which the
// return bus takes from all PEs in turn, one per cycle. Where the bus is slower than the lanes it holds them
// up once the queues in between are full.
#pragma once

#include "models/control/program.h"
#include "models/estimate/bank_conflicts.h"
#include "models/estimate/command_times.h"
#include "models/parameters.h"

namespace lnsim {

class PeTimes {
 public:
  PeTimes(const Program& program, const AcceleratorParameters& machine, const Slowdowns& slowdowns);

  // In the order of the PEs' commands; `ready`: when the command may leave its queue.
  CommandTimes add(const Compute& compute, Cycle ready);
  CommandTimes add(const VectorWork& work, Cycle ready);

 private:
  void run_block(const Compute& compute, std::uint32_t rows, Cycle taken);
  void send_block(const Compute& compute, std::uint32_t rows, Cycle last_pass, std::uint64_t pes);
  // `packets` of each of `pes` PEs, the first ready in `first`, the last in `last`.
  void send(std::uint64_t packets, std::uint64_t pes, Cycle first, Cycle last);

  const Program& program_;
  const AcceleratorParameters& machine_;
  const Slowdowns& slowdowns_;
  Cycle pipeline_;
  Cycle beat_cycles_;
  std::uint64_t packet_bytes_;
  Cycle fetch_free_ = 0;  // the lanes' next A vectors can be fetched
  Cycle lanes_free_ = 0;  // the last pass has ended
  Cycle ppu_free_ = 0;
  Cycle return_free_ = 0;  // the return bus
};

}  // namespace lnsim
