// VectorUnit: element-wise and normalisation work of a PE on data in BufferB.
//
// Latency: a task taken in cycle t works for W = max(1, ceil(operations / operations_per_cycle),
// ceil(input_bytes / read port of BufferB)) cycles, t .. t + W - 1, and reports the end to its PE, which sees
// it in t + W. Output packet j, up to and including byte b of B, leaves in cycle t + ceil(b W / B) - 1 and is
// seen by the return bus latency_cycles later. Throughput: one task every W + 2 cycles (the PE starts one
// after the end of the last); one packet per cycle; a packet that cannot leave when it is due holds up the
// work. Parameters: VectorUnitParameters, read port of BufferB. Channels: in: tasks; out: ends of tasks,
// output packets. Counters: vector_unit.operation, buffer_b.read_byte. State: the task, the cycle it would
// have started in had nothing held it up, and the output bytes sent.
#pragma once

#include <cstdint>
#include <string>

#include "models/compute/output_packet.h"
#include "models/control/run_state.h"
#include "models/memory/buffer_port.h"
#include "models/parameters.h"
#include "sim/base/unit.h"

namespace lnsim {

// A PE's share of a VectorWork command.
struct VectorTask {
  std::uint64_t operations = 0;
  std::uint64_t input_bytes = 0;
  std::uint64_t output_bytes = 0;
  std::uint64_t output_address = 0;
  std::uint32_t ordinal = 0;  // of the PE command
};

class VectorUnit final : public MachineUnit {
 public:
  struct Channels {
    Channel<VectorTask>* tasks;
    Channel<std::uint32_t>* ends;  // ordinals
    Channel<OutputPacket>* packets;
  };

  VectorUnit(const sc_core::sc_module_name& name, Simulation& simulation,
             const VectorUnitParameters& parameters, const BufferParameters& buffer_b, RunState& run,
             const Channels& channels, const BeatShape& shape);

  void reset() override;
  std::string state() const override;
  void image(StateImage& image) const override;
  void list(SignalList& signals) const override;

 protected:
  void step(Cycle now) override;

 private:
  void take_task(Cycle now);
  bool send_packets(Cycle now);
  void prepare_packet();

  VectorUnitParameters parameters_;
  std::uint32_t read_bytes_per_cycle_;
  RunState& run_;
  Channels channels_;
  BeatShape shape_;
  BusyReport busy_;

  bool working_ = false;
  VectorTask task_;
  Cycle start_ = 0;           // as if nothing had held it up
  Cycle held_from_ = kNever;  // and since when it is held up
  Cycle cycles_ = 0;
  std::uint64_t sent_ = 0;
  OutputPacket next_packet_;
  Cycle next_due_ = 0;  // cycles after start_
  // (bytes up to the packet's end) * cycles_ / output bytes, as a whole and a rest, and what a packet of the
  // full width adds.
  std::uint64_t due_ = 0, due_rest_ = 0;
  std::uint64_t packet_due_ = 0, packet_due_rest_ = 0;
};

}  // namespace lnsim
