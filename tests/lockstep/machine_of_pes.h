// A whole machine around PEs that are compared with their twins: DRAM, DMA, global buffer, buses,
// weight-update unit and controller, wired as models/machine.cpp does, and what they give each PE in each
// cycle, seen from outside.
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

class MachineOfPes final : public PeHost {
 public:
  using Pes = std::vector<std::unique_ptr<SimulatedPe>>;  // by position

  // `whole`: the machine; of its PEs counts what `machine` says.
  MachineOfPes(Simulation& simulation, RunState& run, const PeMachine& machine,
               const AcceleratorParameters& whole, PeData& data, const Pes& pes);

  void look(Cycle now) override;
  const PeGiven& given(std::size_t pe) const override { return neighbours_[pe].given; }
  const std::vector<std::uint32_t>& produced() const override { return produced_; }
  const std::vector<Counter>& advanced() const override { return advanced_; }
  bool over() const override { return idle_cycles_ > kIdleCycles; }
  void give_up() override { idle_cycles_ = kIdleCycles + 1; }

 private:
  static constexpr unsigned kIdleCycles = 40;

  // A PE, and what it is given in a cycle.
  struct Neighbour {
    Neighbour(SimulatedPe& simulated, const Program& program, std::uint32_t position)
        : pe(simulated), decoder(program, position) {}
    SimulatedPe& pe;
    PeDecoder decoder;
    PeGiven given;
    std::deque<std::deque<PeWrite>> filling;              // of the loads under way
    std::optional<OutputPacket> ppu_front, vector_front;  // of the next cycle
  };

  // The channels of a port of the global buffer.
  struct Port {
    Port(Simulation& simulation, Cycle request_latency)
        : requests(simulation, 3 + request_latency, request_latency), grants(simulation, 4) {}
    Channel<BufferBeat> requests;
    Channel<BufferBeat> grants;
  };

  BufferPort port(BufferClient client);
  void build_units(Simulation& simulation);
  void connect();

  void see_command();
  void see_loads();
  void see_packets(Cycle now);
  void see_counters();
  void end_load();
  static std::optional<OutputPacket> front_of(Channel<OutputPacket>& channel, Cycle next);

  AcceleratorParameters whole_;
  RunState& run_;
  const PeMachine& machine_;
  PeData& data_;
  std::vector<Neighbour> neighbours_;

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

  std::vector<std::uint32_t> produced_;
  std::vector<Counter> advanced_;
  std::uint64_t issued_ = 0;        // commands, by the controller
  std::uint32_t ordinal_ = 0;       // of the next PE command
  std::deque<std::size_t> queued_;  // loads that the operand bus has not begun
  std::array<std::uint32_t, kCounterCount> counters_{};
  std::optional<std::uint32_t> arriving_;  // command whose last packet is written in the next cycle
  unsigned idle_cycles_ = 0;
};

}  // namespace lnsim::lockstep
