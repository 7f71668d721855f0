// OperandBus: moves operands from the global buffer into the buffers of one or more PEs.
//
// Latency: the last beat of a load, granted by the global buffer in cycle g (seen in g + 1), is in the PEs'
// buffers in g + 1 + latency_cycles, when `loaded` advances. Throughput: one beat of up to
// operand_bytes_per_cycle per cycle; loads follow each other without a gap. A multicast moves the bytes once
// for all PEs of the set; without multicast, and not for `vector`, they are read and moved once per PE.
// Parameters: BusParameters.
// Channels: in: load commands, buffer grants; out: buffer beats; to itself: loads on the wires.
// Counters: operand_bus.byte, operand_bus.delivery_byte, buffer_a.write_byte, buffer_b.write_byte.
// State: the loads under way, oldest first.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "models/compute/operand_buffers.h"
#include "models/control/controller.h"
#include "models/memory/buffer_port.h"
#include "sim/base/unit.h"

namespace lnsim {

class OperandBus final : public MachineUnit {
 public:
  OperandBus(const sc_core::sc_module_name& name, Simulation& simulation, const BusParameters& parameters,
             std::uint32_t vector_size, RunState& run, CommandQueue& commands, BufferPort port,
             const BeatShape& shape, std::vector<OperandBuffers*> pes);

  void reset() override;
  std::string state() const override;
  void image(StateImage& image) const override;

 protected:
  void step(Cycle now) override;

 private:
  struct Job {
    const Load* load = nullptr;
    std::uint32_t stretch = 0;
    std::uint64_t bytes = 0;  // on the bus, over all transfers
    std::uint64_t asked = 0;
    std::uint64_t granted = 0;
  };

  // A load on the wires.
  struct Arrival {
    const Load* load = nullptr;
    std::uint32_t stretch = 0;
  };

  void take_arrivals(Cycle now);
  bool take_grants(Cycle now);
  bool ask(Cycle now);
  bool next_job(Cycle now);
  void begin_fill(const Load& load, std::uint32_t ordinal);
  void deliver(const Arrival& arrival);
  PackedTile packed_values(const Load& load);

  BusParameters parameters_;
  std::uint32_t vector_size_;
  RunState& run_;
  Waiter waiter_;
  CommandQueue& commands_;
  BufferPort port_;
  BeatShape shape_;
  std::vector<OperandBuffers*> pes_;
  BusyReport busy_;
  Channel<Arrival> wires_;
  std::deque<Job> jobs_;                             // oldest first
  std::size_t asking_ = 0;                           // the job whose beats are asked for
  std::vector<std::shared_ptr<AlignedBytes>> pool_;  // of packed tiles, used again when no PE holds them
};

}  // namespace lnsim
