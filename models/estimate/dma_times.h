// When the DMA unit's two engines have done their commands: an estimate.
//
// Each engine takes a command when it has asked for the last one's bursts, and both share the channels, which
// together move channels / T bursts per cycle (T: models/memory/dram.h), evenly loaded; a burst in flight
// takes the DRAM's latency. Where fewer bursts may be in flight than hide it, they set the rate. No engine is
// faster than its port of the global buffer, one beat per cycle.
#pragma once

#include "models/control/program.h"
#include "models/estimate/bank_conflicts.h"
#include "models/estimate/burst_window.h"
#include "models/estimate/command_times.h"
#include "models/estimate/shared_server.h"
#include "models/parameters.h"

namespace lnsim {

class DmaTimes {
 public:
  DmaTimes(const AcceleratorParameters& machine, const Slowdowns& slowdowns);

  // In the order of each engine's commands; `ready`: when the command may leave its queue.
  CommandTimes add(const Fetch& fetch, Cycle ready);
  CommandTimes add(const WriteBack& write_back, Cycle ready);

 private:
  Cycle serve(Cycle from, std::uint64_t bursts);
  Cycle beats(std::uint64_t bytes, BufferClient client) const;

  const AcceleratorParameters& machine_;
  const Slowdowns& slowdowns_;
  Cycle burst_cycles_;
  Cycle back_;  // from the end of the last burst's share of the channels until it is back
  std::uint64_t beat_bytes_;
  BurstWindow reads_, writes_;
  SharedServer channels_;  // in cycles times channels
  Cycle fetch_free_ = 0, write_back_free_ = 0;
};

}  // namespace lnsim
