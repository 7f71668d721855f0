// A whole machine around one PE: DRAM, DMA, global buffer, buses, weight-update unit and controller, wired as
// models/machine.cpp does, and what they give the PE in each cycle, seen from outside.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "models/control/controller.h"
#include "models/memory/dma.h"
#include "models/memory/dram.h"
#include "models/memory/global_buffer.h"
#include "models/memory/operand_bus.h"
#include "models/memory/return_bus.h"
#include "models/update/weight_update_unit.h"
#include "tests/lockstep/pe_decode.h"
#include "tests/lockstep/pe_host.h"
#include "tests/lockstep/simulated_pe.h"

namespace lnsim::lockstep {

class OnePeMachine final : public PeHost {
 public:
  // `whole`: the machine; of its PE counts what `machine` says.
  OnePeMachine(Simulation& simulation, RunState& run, const PeMachine& machine,
               const AcceleratorParameters& whole, PeData& data, SimulatedPe& pe);

  const PeGiven& given(Cycle now) override;
  bool over() const override { return idle_cycles_ > kIdleCycles; }
  void give_up() override { idle_cycles_ = kIdleCycles + 1; }

 private:
  static constexpr unsigned kIdleCycles = 40;

  // The channels of a port of the global buffer.
  struct Port {
    Port(Simulation& simulation, Cycle request_latency)
        : requests(simulation, 3 + request_latency, request_latency), grants(simulation, 4) {}
    Channel<BufferBeat> requests;
    Channel<BufferBeat> grants;
  };

  BufferPort port(BufferClient client);
  void build_units(Simulation& simulation, SimulatedPe& pe);
  void connect(SimulatedPe& pe);

  void see_command();
  void see_loads();
  void see_packets(Cycle now);
  void see_counters();
  static std::optional<OutputPacket> front_of(Channel<OutputPacket>& channel, Cycle next);

  AcceleratorParameters whole_;
  RunState& run_;
  const PeMachine& machine_;
  PeData& data_;
  SimulatedPe& pe_;
  PeDecoder decoder_;

  CommandQueue fetches_, write_backs_, loads_, updates_;
  std::vector<std::unique_ptr<Channel<Burst>>> bursts_;
  Channel<Burst> completions_;
  std::vector<std::unique_ptr<Port>> ports_;  // by BufferClient
  std::unique_ptr<Controller> controller_;
  std::unique_ptr<Dram> dram_;
  std::unique_ptr<Dma> dma_;
  std::unique_ptr<GlobalBuffer> global_buffer_;
  std::unique_ptr<OperandBus> operand_bus_;
  std::unique_ptr<ReturnBus> return_bus_;
  std::unique_ptr<WeightUpdateUnit> weight_update_;

  PeGiven given_;
  std::uint64_t issued_ = 0;        // commands, by the controller
  std::uint32_t ordinal_ = 0;       // of the next PE command
  std::deque<std::size_t> queued_;  // loads that the operand bus has not begun
  struct Filling {
    std::deque<PeWrite> writes;
  };
  std::deque<Filling> filling_;  // loads under way
  std::array<std::uint32_t, kCounterCount> counters_{};
  std::optional<OutputPacket> ppu_front_, vector_front_;  // of the next cycle
  std::optional<std::uint32_t> arriving_;  // command whose last packet is written in the next cycle
  unsigned idle_cycles_ = 0;
};

}  // namespace lnsim::lockstep
