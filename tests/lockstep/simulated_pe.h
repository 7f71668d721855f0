// The simulator's PE with its queues, wired as models/machine.cpp does.
#pragma once

#include <string>

#include "models/compute/pe.h"
#include "models/compute/ppu.h"
#include "models/compute/vector_unit.h"
#include "sim/base/simulation.h"
#include "tests/lockstep/pe_machine.h"

namespace lnsim::lockstep {

struct SimulatedPe {
  SimulatedPe(Simulation& simulation, const PeMachine& machine, std::uint32_t position, RunState& state,
              const std::string& name = "pe")
      : parameters(machine.parameters),
        commands(simulation, parameters.control.queue_depth),
        columns(simulation, ppu_queue_entries(stages()), stages() + 1),
        vector_tasks(simulation, 1),
        vector_ends(simulation, 1),
        ppu_packets(simulation, machine.packet_entries + parameters.pe.ppu.latency_cycles,
                    parameters.pe.ppu.latency_cycles),
        vector_packets(simulation, machine.packet_entries + parameters.pe.vector_unit.latency_cycles,
                       parameters.pe.vector_unit.latency_cycles),
        buffers(name, parameters.pe.buffer_a, parameters.pe.buffer_b),
        shape(parameters.global_buffer, parameters.bus.return_bytes_per_cycle),
        pe(name.c_str(), simulation, parameters.pe, stages(), position, Pe::Beats::streamed, state, buffers,
           PeChannels{&commands, &columns, &vector_tasks, &vector_ends}),
        ppu((name + "_ppu").c_str(), simulation, parameters.pe.ppu, state, columns, ppu_packets, shape),
        vector_unit((name + "_vector_unit").c_str(), simulation, parameters.pe.vector_unit,
                    parameters.pe.buffer_b, state, {&vector_tasks, &vector_ends, &vector_packets}, shape) {
    columns.connect(pe, ppu);
    vector_tasks.connect(pe, vector_unit);
    vector_ends.connect(vector_unit, pe);
    pe.reset();
    ppu.reset();
    vector_unit.reset();
  }

  // The ends of its queues that are others'.
  void connect(Unit& controller, Unit& return_bus) {
    commands.connect(controller, pe);
    ppu_packets.connect(ppu, return_bus);
    vector_packets.connect(vector_unit, return_bus);
  }

  unsigned stages() const { return parameters.datapath.pipeline_stages; }

  const AcceleratorParameters& parameters;
  CommandQueue commands;
  Channel<FinishedColumn> columns;
  Channel<VectorTask> vector_tasks;
  Channel<std::uint32_t> vector_ends;
  Channel<OutputPacket> ppu_packets;
  Channel<OutputPacket> vector_packets;
  OperandBuffers buffers;
  BeatShape shape;
  Pe pe;
  Ppu ppu;
  VectorUnit vector_unit;
};

}  // namespace lnsim::lockstep
