// Dma: moves data between DRAM and the global buffer, with one engine per direction.
//
// Latency: a fetch of one burst, taken from its queue in cycle t: its request is accepted by the DRAM in t +
// 1, is back in t + 1 + L (L: burst_latency), granted by the buffer in t + 2 + L, and `fetched` advances in t
// + 3 + L. A write-back of one burst asks the buffer in t, has the bytes in t + 2, its burst is accepted in t
// + 3, and `written_back` advances in t + 3 + L. Throughput: up to one burst request per DRAM channel and
// cycle on average, both directions together (the engine that comes first changes after every cycle with a
// request); one beat per cycle and direction at the buffer, as wide as the peak rate of all DRAM channels.
// Each direction has at most outstanding_bursts bursts in flight, each for L + 2 cycles: alone it moves at
// most min(channels / T, outstanding_bursts / (L + 2)) bursts per cycle (T: cycles of a burst on the pins).
// Parameters: DmaParameters, DramParameters.
// Channels: in: fetch and write-back commands, burst completions, buffer grants; out: bursts, buffer beats.
// Counters: dma.byte.
// State: the two engines.
#pragma once

#include <string>

#include "models/memory/dma_engine.h"

namespace lnsim {

struct DmaChannels {
  CommandQueue* fetches = nullptr;
  CommandQueue* write_backs = nullptr;
  BufferPort fetch_port;
  BufferPort write_back_port;
  Channel<Burst>* completions = nullptr;
};

class Dma final : public MachineUnit {
 public:
  Dma(const sc_core::sc_module_name& name, Simulation& simulation, RunState& run, const DramPort& dram,
      const BeatShape& shape, const DmaChannels& channels);

  void reset() override;
  std::string state() const override;
  void image(StateImage& image) const override;
  void list(SignalList& signals) const override;

 protected:
  void step(Cycle now) override;

 private:
  void take_completions(Cycle now);
  bool issue_bursts(Cycle now, bool fetches, bool writes_back);

  DramPort dram_;
  Channel<Burst>& completions_;
  FetchEngine fetch_;
  WriteBackEngine write_back_;
  bool write_back_first_ = false;
};

}  // namespace lnsim
