// ReturnBus: collects the output packets of the PEs and writes them to the global buffer.
//
// Latency: a packet taken in cycle t arrives at the global buffer in t + latency_cycles; its grant, in g at
// the earliest t + latency_cycles, is seen in g + 1, when the PE command counts as produced if it was the
// PE's last packet. Throughput: one packet, of up to return_bytes_per_cycle, per cycle. The PEs take turns.
// Parameters: BusParameters.
// Channels: in: output packets of each PE's PPU and vector unit, buffer grants; out: buffer beats.
// Counters: return_bus.byte.
// State: the input whose turn it is, and the number of packets on their way.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/compute/output_packet.h"
#include "models/control/run_state.h"
#include "models/memory/buffer_port.h"
#include "sim/base/unit.h"

namespace lnsim {

class ReturnBus final : public MachineUnit {
 public:
  ReturnBus(const sc_core::sc_module_name& name, Simulation& simulation, RunState& run, BufferPort port,
            std::vector<Channel<OutputPacket>*> inputs);

  void reset() override;
  std::string state() const override;
  void image(StateImage& image) const override;
  void list(SignalList& signals) const override;

 protected:
  void step(Cycle now) override;

 private:
  void take_grants(Cycle now);
  std::size_t next_input(Cycle now) const;
  void send(std::size_t input, const OutputPacket& packet, Cycle now);

  RunState& run_;
  BufferPort port_;
  std::vector<Channel<OutputPacket>*> inputs_;
  BitSet holding_;  // inputs with packets
  BusyReport busy_;
  std::size_t turn_ = 0;
  std::size_t on_the_way_ = 0;
};

}  // namespace lnsim
