#include "models/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <random>

#include "models/memory/transfers.h"

namespace lnsim {
namespace {

constexpr std::size_t kPortEntries = 4;       // beats a buffer port holds: one per cycle over the round trip
constexpr std::size_t kDramQueueEntries = 4;  // bursts each DRAM channel's queue holds

}  // namespace

Machine::PeParts::PeParts(Simulation& simulation, const AcceleratorParameters& parameters,
                          const std::string& name)
    : commands(simulation, parameters.control.queue_depth),
      columns(simulation, ppu_queue_entries(parameters.datapath.pipeline_stages),
              parameters.datapath.pipeline_stages + 1),
      vector_tasks(simulation, 1),
      vector_ends(simulation, 1),
      ppu_packets(simulation, kPacketEntries + parameters.pe.ppu.latency_cycles,
                  parameters.pe.ppu.latency_cycles),
      vector_packets(simulation, kPacketEntries + parameters.pe.vector_unit.latency_cycles,
                     parameters.pe.vector_unit.latency_cycles),
      buffers(name, parameters.pe.buffer_a, parameters.pe.buffer_b) {}

Machine::PortParts::PortParts(Simulation& simulation, Cycle request_latency)
    : requests(simulation, kPortEntries + request_latency - 1, request_latency),
      grants(simulation, kPortEntries) {}

Machine::Machine(Simulation& simulation, const AcceleratorParameters& parameters,
                 const SimulationOptions& options)
    : simulation_(simulation),
      parameters_(parameters),
      options_(options),
      fetches_(simulation, parameters.control.queue_depth),
      write_backs_(simulation, parameters.control.queue_depth),
      loads_(simulation, parameters.control.queue_depth),
      updates_(simulation, parameters.control.queue_depth),
      completions_(simulation, std::size_t{2} * parameters.dma.outstanding_bursts,
                   burst_latency(parameters.dram)) {
  for (std::uint32_t i = 0; i < parameters.dram.channels; ++i) {
    bursts_.push_back(std::make_unique<Channel<Burst>>(simulation, kDramQueueEntries));
  }
  for (std::size_t i = 0; i < kBufferClients; ++i) {
    const bool wires = static_cast<BufferClient>(i) == BufferClient::return_bus;
    ports_.push_back(std::make_unique<PortParts>(simulation, wires ? parameters.bus.latency_cycles : 1));
  }
  for (std::uint32_t i = 0; i < parameters.pe.count; ++i) {
    pes_.push_back(std::make_unique<PeParts>(simulation, parameters, fmt::format("pe_{}", i)));
  }
  std::vector<std::function<void()>> builders{[this] { build_memory(); }, [this] { build_buses(); },
                                              [this] { build_control(); }};
  for (std::uint32_t i = 0; i < parameters.pe.count; ++i) builders.emplace_back([this, i] { build_pe(i); });
  if (options.shuffle) std::shuffle(builders.begin(), builders.end(), std::mt19937_64(options.seed));
  for (const auto& build : builders) build();
  connect_memory();
  connect_pes();
}

BufferPort Machine::port(BufferClient client) {
  PortParts& parts = *ports_[static_cast<std::size_t>(client)];
  return {&parts.requests, &parts.grants};
}

void Machine::build_memory() {
  std::vector<Channel<Burst>*> requests;
  for (const auto& channel : bursts_) requests.push_back(channel.get());
  const DramPort dram(parameters_.dram, parameters_.dma.outstanding_bursts, run_, requests);
  dram_ = std::make_unique<Dram>("dram", simulation_, parameters_.dram, run_, requests, completions_);
  const DmaChannels channels{&fetches_, &write_backs_, port(BufferClient::dma_write),
                             port(BufferClient::dma_read), &completions_};
  dma_ = std::make_unique<Dma>("dma", simulation_, run_, dram, beats(dram_width(parameters_)), channels);
  std::array<BufferPort, kBufferClients> buffer_ports;
  for (std::size_t i = 0; i < kBufferClients; ++i) buffer_ports[i] = port(static_cast<BufferClient>(i));
  global_buffer_ = std::make_unique<GlobalBuffer>("global_buffer", simulation_, parameters_.global_buffer,
                                                  run_, buffer_ports);
}

void Machine::build_buses() {
  std::vector<OperandBuffers*> buffers;
  std::vector<Channel<OutputPacket>*> outputs;
  for (const auto& pe : pes_) {
    buffers.push_back(&pe->buffers);
    outputs.push_back(&pe->ppu_packets);
    outputs.push_back(&pe->vector_packets);
  }
  operand_bus_ = std::make_unique<OperandBus>(
      "operand_bus", simulation_, parameters_.bus, parameters_.pe.vector_size, run_, loads_,
      port(BufferClient::operand_bus), beats(parameters_.bus.operand_bytes_per_cycle), buffers);
  return_bus_ = std::make_unique<ReturnBus>("return_bus", simulation_, run_, port(BufferClient::return_bus),
                                            std::move(outputs));
}

void Machine::build_pe(std::uint32_t position) {
  PeParts& parts = *pes_[position];
  const BeatShape packets = beats(parameters_.bus.return_bytes_per_cycle);
  const auto steps = options_.exact_step ? Pe::Beats::stepped : Pe::Beats::streamed;
  parts.pe = std::make_unique<Pe>(
      fmt::format("pe_{}", position).c_str(), simulation_, parameters_.pe,
      parameters_.datapath.pipeline_stages, position, steps, run_, parts.buffers,
      PeChannels{&parts.commands, &parts.columns, &parts.vector_tasks, &parts.vector_ends});
  parts.ppu = std::make_unique<Ppu>(fmt::format("pe_{}_ppu", position).c_str(), simulation_,
                                    parameters_.pe.ppu, run_, parts.columns, parts.ppu_packets, packets);
  parts.vector_unit = std::make_unique<VectorUnit>(
      fmt::format("pe_{}_vector_unit", position).c_str(), simulation_, parameters_.pe.vector_unit,
      parameters_.pe.buffer_b, run_,
      VectorUnit::Channels{&parts.vector_tasks, &parts.vector_ends, &parts.vector_packets}, packets);
}

void Machine::build_control() {
  CommandQueues queues{&fetches_, &write_backs_, &loads_, &updates_, {}};
  for (const auto& pe : pes_) queues.pes.push_back(&pe->commands);
  controller_ = std::make_unique<Controller>("controller", simulation_, run_, std::move(queues));
  weight_update_ = std::make_unique<WeightUpdateUnit>(
      "weight_update", simulation_, parameters_.weight_update, run_, updates_,
      port(BufferClient::update_read), port(BufferClient::update_write),
      beats(std::max<std::uint64_t>(1, buffer_line(parameters_.global_buffer) / 2)));
}

void Machine::connect_memory() {
  fetches_.connect(*controller_, *dma_);
  write_backs_.connect(*controller_, *dma_);
  loads_.connect(*controller_, *operand_bus_);
  updates_.connect(*controller_, *weight_update_);
  for (const auto& channel : bursts_) channel->connect(*dma_, *dram_);
  completions_.connect(*dram_, *dma_);
  const std::array<Unit*, kBufferClients> clients{dma_.get(),           dma_.get(),
                                                  operand_bus_.get(),   return_bus_.get(),
                                                  weight_update_.get(), weight_update_.get()};
  for (std::size_t i = 0; i < kBufferClients; ++i) {
    ports_[i]->requests.connect(*clients[i], *global_buffer_);
    ports_[i]->grants.connect(*global_buffer_, *clients[i]);
  }
  units_ = {controller_.get(),  dma_.get(),        dram_.get(),         global_buffer_.get(),
            operand_bus_.get(), return_bus_.get(), weight_update_.get()};
}

void Machine::connect_pes() {
  for (const auto& parts : pes_) {
    parts->commands.connect(*controller_, *parts->pe);
    parts->columns.connect(*parts->pe, *parts->ppu);
    parts->vector_tasks.connect(*parts->pe, *parts->vector_unit);
    parts->vector_ends.connect(*parts->vector_unit, *parts->pe);
    parts->ppu_packets.connect(*parts->ppu, *return_bus_);
    parts->vector_packets.connect(*parts->vector_unit, *return_bus_);
    units_.insert(units_.end(), {parts->pe.get(), parts->ppu.get(), parts->vector_unit.get()});
  }
}

void Machine::reset() {
  run_.stretch = run_.pe_commands_issued = 0;
  run_.buffer_line_bytes = buffer_line(parameters_.global_buffer);
  for (Unit* unit : units_) unit->reset();
  for (CommandQueue* queue : {&fetches_, &write_backs_, &loads_, &updates_}) queue->reset();
  for (const auto& channel : bursts_) channel->reset();
  completions_.reset();
  for (const auto& ports : ports_) {
    ports->requests.reset();
    ports->grants.reset();
  }
  for (const auto& parts : pes_) {
    parts->commands.reset();
    parts->columns.reset();
    parts->vector_tasks.reset();
    parts->vector_ends.reset();
    parts->ppu_packets.reset();
    parts->vector_packets.reset();
    parts->buffers.reset();
  }
}

void Machine::image(StateImage& image) const {
  run_.scoreboard.image(image, controller_->issued());
  for (const MachineUnit* unit : units_) unit->image(image);
  simulation_.edges().for_each([&](Cycle ahead, std::size_t unit) { image.number(ahead << 32U | unit); });
}

arith::SwitchingCounts Machine::switching() const {
  arith::SwitchingCounts counts;
  for (const auto& parts : pes_) counts += parts->pe->switching();
  return counts;
}

void Machine::list(SignalList& signals) const {
  {
    const SignalList::Scope scope(signals, "scoreboard");
    run_.scoreboard.list(signals);
  }
  for (const MachineUnit* unit : units_) {
    const SignalList::Scope scope(signals, unit->name());
    unit->list(signals);
  }
}

std::string Machine::states() const {
  std::string text = "  counters: " + run_.scoreboard.state();
  for (const MachineUnit* unit : units_) {
    const std::string state = unit->state();
    if (!state.empty()) text += fmt::format("\n  {}: {}", unit->name(), state);
  }
  return text;
}

}  // namespace lnsim
