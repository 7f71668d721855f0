// All units of the accelerator and the channels between them: wiring only.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "models/accelerator.h"
#include "models/compute/pe.h"
#include "models/control/controller.h"
#include "models/control/run_state.h"
#include "models/memory/dma.h"
#include "models/memory/dram.h"
#include "models/memory/global_buffer.h"
#include "models/memory/operand_bus.h"
#include "models/memory/return_bus.h"
#include "models/update/weight_update_unit.h"
#include "sim/base/simulation.h"

namespace lnsim {

class Machine {
 public:
  // Built, used and destroyed within a Simulation::Scope.
  Machine(Simulation& simulation, const AcceleratorParameters& parameters, const SimulationOptions& options);

  RunState& run() { return run_; }
  Controller& controller() { return *controller_; }
  // All units and channels back to idle.
  void reset();
  // What the machine's next steps depend on, beside the program.
  void image(StateImage& image) const;
  // What has switched in the lanes of all PEs since the run began; of a run that counts it.
  arith::SwitchingCounts switching() const;
  // Counters and units, each in a scope of its own.
  void list(SignalList& signals) const;
  // One line per unit that is not idle, and the progress counters.
  std::string states() const;

 private:
  // A PE with its channels.
  struct PeParts {
    PeParts(Simulation& simulation, const AcceleratorParameters& parameters, const std::string& name);

    CommandQueue commands;
    Channel<FinishedColumn> columns;
    Channel<VectorTask> vector_tasks;
    Channel<std::uint32_t> vector_ends;
    Channel<OutputPacket> ppu_packets;
    Channel<OutputPacket> vector_packets;
    OperandBuffers buffers;
    std::unique_ptr<Pe> pe;
    std::unique_ptr<Ppu> ppu;
    std::unique_ptr<VectorUnit> vector_unit;
  };

  // The channels of a port of the global buffer.
  struct PortParts {
    PortParts(Simulation& simulation, Cycle request_latency);

    Channel<BufferBeat> requests;
    Channel<BufferBeat> grants;
  };

  void build_memory();
  void build_buses();
  void build_pe(std::uint32_t position);
  void build_control();
  void connect_memory();
  void connect_pes();

  BeatShape beats(std::uint64_t width) const { return {parameters_.global_buffer, width}; }
  BufferPort port(BufferClient client);

  Simulation& simulation_;
  AcceleratorParameters parameters_;
  SimulationOptions options_;
  RunState run_;

  CommandQueue fetches_, write_backs_, loads_, updates_;
  std::vector<std::unique_ptr<Channel<Burst>>> bursts_;  // by DRAM channel
  Channel<Burst> completions_;
  std::vector<std::unique_ptr<PortParts>> ports_;  // by BufferClient
  std::vector<std::unique_ptr<PeParts>> pes_;

  std::unique_ptr<Controller> controller_;
  std::unique_ptr<Dram> dram_;
  std::unique_ptr<Dma> dma_;
  std::unique_ptr<GlobalBuffer> global_buffer_;
  std::unique_ptr<OperandBus> operand_bus_;
  std::unique_ptr<ReturnBus> return_bus_;
  std::unique_ptr<WeightUpdateUnit> weight_update_;
  std::vector<MachineUnit*> units_;
};

}  // namespace lnsim
