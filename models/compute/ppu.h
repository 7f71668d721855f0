// Ppu: the post-processing unit of a PE. Scales and quantises finished sums, or passes partial sums through,
// and packs the results of a command into packets for the return bus.
//
// Latency: a column taken in cycle t occupies the unit for K = ceil(rows / values_per_cycle) cycles; its
// bytes leave in t + K - 1 at the earliest and are seen by the return bus latency_cycles later. Throughput:
// one column every K cycles; one packet per cycle. Packets are as wide as the return bus and the global
// buffer's banks allow; only a command's last packet may be short.
// Parameters: PpuParameters.
// Channels: in: result columns; out: output packets.
// Counters: ppu.value (emitted sums; partial sums pass uncounted).
// State: the column being worked on, and the bytes waiting to fill a packet.
#pragma once

#include <cstdint>
#include <string>

#include "models/compute/output_packet.h"
#include "models/control/run_state.h"
#include "models/memory/buffer_port.h"
#include "models/parameters.h"
#include "sim/base/unit.h"

namespace lnsim {

// Consecutive rows of one output column, leaving the collector.
struct FinishedColumn {
  std::uint64_t address = 0;  // in the global buffer
  std::uint32_t bytes = 0;
  std::uint32_t rows = 0;
  std::uint32_t ordinal = 0;  // of the PE command
  bool quantise = true;       // emit, not spill
  bool last = false;          // of the command
};

class Ppu final : public MachineUnit {
 public:
  Ppu(const sc_core::sc_module_name& name, Simulation& simulation, const PpuParameters& parameters,
      RunState& run, Channel<FinishedColumn>& columns, Channel<OutputPacket>& packets,
      const BeatShape& shape);

  void reset() override;
  std::string state() const override;
  void image(StateImage& image) const override;
  void list(SignalList& signals) const override;

 protected:
  void step(Cycle now) override;

 private:
  void finish_column(Cycle now);
  void take_column(Cycle now);
  void send_packet(Cycle now);

  PpuParameters parameters_;
  RunState& run_;
  Channel<FinishedColumn>& columns_;
  Channel<OutputPacket>& packets_;
  BeatShape shape_;
  BusyReport busy_;

  FinishedColumn column_;   // being worked on
  std::uint32_t rows_ = 0;  // of the last one
  Cycle cycles_ = 0;        // and what it took
  bool working_ = false;
  Cycle last_cycle_ = 0;       // of the column being worked on
  Cycle free_from_ = 0;        // takes the next one
  std::uint64_t address_ = 0;  // of the waiting bytes
  std::uint64_t waiting_ = 0;
  bool flush_ = false;  // the waiting bytes are the command's last
  std::uint32_t ordinal_ = 0;
};

}  // namespace lnsim
