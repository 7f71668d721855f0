// Dram: the off-chip memory; independent channels, bursts interleaved over them by address.
//
// Latency: a burst asked for in cycle t is accepted in t + 1 at the earliest. Accepted in a, its bytes pass
// the channel's pins in cycles a + latency_cycles .. a + latency_cycles + T - 1, T = ceil(burst_bytes /
// channel_bytes_per_cycle), and its completion is seen in a + latency_cycles + T. Reads and writes alike.
// Throughput: per channel one burst every T cycles; a partial burst costs a whole one.
// Parameters: DramParameters.
// Channels: in: a request queue per channel; out: completions of all channels.
// Counters: dram.read_byte, dram.write_byte (whole bursts).
// State: per channel, the cycle from which it accepts again.
// Where only what a run comes to is asked for, DramTiming (models/memory/dram_timing.h) stands in for it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/control/run_state.h"
#include "models/parameters.h"
#include "sim/base/channel.h"
#include "sim/base/unit.h"

namespace lnsim {

enum class BurstKind : std::uint8_t { read, write };

struct Burst {
  BurstKind kind = BurstKind::read;
  std::uint32_t tag = 0;  // means something to the requester only
};

// Cycles that a burst takes on its channel's pins.
Cycle burst_cycles(const DramParameters& parameters);
// Cycles from the acceptance of a burst until its completion is seen.
Cycle burst_latency(const DramParameters& parameters);

class Dram final : public MachineUnit {
 public:
  Dram(const sc_core::sc_module_name& name, Simulation& simulation, const DramParameters& parameters,
       RunState& run, std::vector<Channel<Burst>*> requests, Channel<Burst>& completions);

  void reset() override;
  std::string state() const override;
  void image(StateImage& image) const override;  // the bursts are in the DMA unit's
  void list(SignalList& signals) const override;

 protected:
  void step(Cycle now) override;

 private:
  DramParameters parameters_;
  Cycle burst_cycles_;
  RunState& run_;
  std::vector<Channel<Burst>*> requests_;
  BitSet holding_;  // requests_ with bursts
  Channel<Burst>& completions_;
  std::vector<Cycle> accepts_from_;
};

}  // namespace lnsim
