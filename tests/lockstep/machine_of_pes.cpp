#include "tests/lockstep/machine_of_pes.h"

#include <algorithm>
#include <stdexcept>

namespace lnsim::lockstep {
namespace {

constexpr std::size_t kDramQueueEntries = 4;

bool same(const std::optional<OutputPacket>& a, const std::optional<OutputPacket>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->address == b->address && a->bytes == b->bytes && a->ordinal == b->ordinal && a->last == b->last;
}

}  // namespace

MachineOfPes::MachineOfPes(Simulation& simulation, RunState& run, const PeMachine& machine,
                           const AcceleratorParameters& whole, PeData& data, const Pes& pes)
    : whole_(whole),
      run_(run),
      machine_(machine),
      data_(data),
      fetches_(simulation, whole.control.queue_depth),
      write_backs_(simulation, whole.control.queue_depth),
      loads_(simulation, whole.control.queue_depth),
      updates_(simulation, whole.control.queue_depth),
      completions_(simulation, std::size_t{2} * whole.dma.outstanding_bursts, burst_latency(whole.dram)) {
  for (std::uint32_t i = 0; i < whole.dram.channels; ++i)
    bursts_.push_back(std::make_unique<Channel<Burst>>(simulation, kDramQueueEntries));
  for (std::size_t i = 0; i < kBufferClients; ++i) {
    const bool wires = static_cast<BufferClient>(i) == BufferClient::return_bus;
    ports_.push_back(std::make_unique<Port>(simulation, wires ? whole.bus.latency_cycles : 1));
  }
  for (std::uint32_t i = 0; i < pes.size(); ++i) neighbours_.emplace_back(*pes[i], *run.program, i);
  build_units(simulation);
  connect();
  for (Unit* unit :
       std::initializer_list<Unit*>{controller_.get(), dram_.get(), dma_.get(), global_buffer_.get(),
                                    operand_bus_.get(), return_bus_.get(), weight_update_.get()})
    unit->reset();
  controller_->request_edge(1);
}

BufferPort MachineOfPes::port(BufferClient client) {
  Port& parts = *ports_[static_cast<std::size_t>(client)];
  return {&parts.requests, &parts.grants};
}

void MachineOfPes::build_units(Simulation& simulation) {
  const auto beats = [&](std::uint64_t width) { return BeatShape(whole_.global_buffer, width); };
  const std::uint64_t banks = std::uint64_t{whole_.global_buffer.banks} * whole_.global_buffer.bank_bytes;
  std::vector<Channel<Burst>*> requests;
  for (const auto& channel : bursts_) requests.push_back(channel.get());
  const DramPort dram(whole_.dram, whole_.dma.outstanding_bursts, run_, requests);
  dram_ = std::make_unique<Dram>("dram", simulation, whole_.dram, run_, requests, completions_);
  dma_ =
      std::make_unique<Dma>("dma", simulation, run_, dram,
                            beats(std::uint64_t{whole_.dram.channels} * whole_.dram.channel_bytes_per_cycle),
                            DmaChannels{&fetches_, &write_backs_, port(BufferClient::dma_write),
                                        port(BufferClient::dma_read), &completions_});
  std::array<BufferPort, kBufferClients> buffer_ports;
  for (std::size_t i = 0; i < kBufferClients; ++i) buffer_ports[i] = port(static_cast<BufferClient>(i));
  global_buffer_ =
      std::make_unique<GlobalBuffer>("global_buffer", simulation, whole_.global_buffer, run_, buffer_ports);
  std::vector<OperandBuffers*> buffers;
  std::vector<Channel<OutputPacket>*> packets;
  CommandQueues queues{&fetches_, &write_backs_, &loads_, &updates_, {}};
  for (Neighbour& neighbour : neighbours_) {
    buffers.push_back(&neighbour.pe.buffers);
    packets.push_back(&neighbour.pe.ppu_packets);
    packets.push_back(&neighbour.pe.vector_packets);
    queues.pes.push_back(&neighbour.pe.commands);
  }
  operand_bus_ = std::make_unique<OperandBus>("operand_bus", simulation, whole_.bus, whole_.pe.vector_size,
                                              run_, loads_, port(BufferClient::operand_bus),
                                              beats(whole_.bus.operand_bytes_per_cycle), buffers);
  return_bus_ =
      std::make_unique<ReturnBus>("return_bus", simulation, run_, port(BufferClient::return_bus), packets);
  weight_update_ = std::make_unique<WeightUpdateUnit>(
      "weight_update", simulation, whole_.weight_update, run_, updates_, port(BufferClient::update_read),
      port(BufferClient::update_write), beats(std::max<std::uint64_t>(1, banks / 2)));
  controller_ = std::make_unique<Controller>("controller", simulation, run_, std::move(queues));
}

void MachineOfPes::connect() {
  for (Neighbour& neighbour : neighbours_) neighbour.pe.connect(*controller_, *return_bus_);
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
}

void MachineOfPes::look(Cycle now) {
  produced_.clear();
  advanced_.clear();
  for (Neighbour& neighbour : neighbours_) neighbour.given = {};
  see_command();
  see_loads();
  see_packets(now);
  see_counters();
  if (run_.scoreboard.finished()) ++idle_cycles_;
}

// The controller issues the program in order, at most one command per cycle, and those for the PEs to all at
// once.
void MachineOfPes::see_command() {
  if (run_.events[Event::control_command] == issued_) return;
  const std::size_t index = issued_++;
  const Command& command = run_.program->commands[index];
  if (command.operation == Operation::load) queued_.push_back(index);
  if (command.operation != Operation::compute && command.operation != Operation::vector_work) return;
  for (std::size_t i = 0; i < neighbours_.size(); ++i) {
    neighbours_[i].given.command = neighbours_[i].decoder.decode(index, ordinal_, data_);
    if (command.operation != Operation::compute) continue;
    const Compute& compute = run_.program->computes[command.index];
    data_.assign({i, compute.product, slice_of(compute, run_.program->grid, static_cast<std::uint32_t>(i))});
  }
  ++ordinal_;
}

// A load begins when it leaves the queue and ends when its counter advances; the twins' slots are written
// between.
void MachineOfPes::see_loads() {
  while (queued_.size() > loads_.size()) {
    const std::size_t command = queued_.front();
    queued_.pop_front();
    const Load& load = run_.program->loads[run_.program->commands[command].index];
    for (Neighbour& neighbour : neighbours_) {
      auto& writes = neighbour.filling.emplace_back();
      if (!neighbour.decoder.bytes_of(load)) continue;
      for (const PeWrite& write : neighbour.decoder.writes_of(command, data_, machine_))
        writes.push_back(write);
    }
  }
  for (Neighbour& neighbour : neighbours_) {
    const auto next = std::find_if(neighbour.filling.begin(), neighbour.filling.end(),
                                   [](const auto& writes) { return !writes.empty(); });
    if (next == neighbour.filling.end()) continue;
    neighbour.given.write = next->front();
    next->pop_front();
  }
}

void MachineOfPes::end_load() {
  for (Neighbour& neighbour : neighbours_) {
    if (!neighbour.filling.front().empty())
      throw std::runtime_error("a twin's slot was not written in the time that the bus took");
    neighbour.filling.pop_front();
  }
}

std::optional<OutputPacket> MachineOfPes::front_of(Channel<OutputPacket>& channel, Cycle next) {
  const OutputPacket* front = channel.front(next);
  return front == nullptr ? std::nullopt : std::optional(*front);
}

// A packet was taken if another one, or none, is at the front in the next cycle.
void MachineOfPes::see_packets(Cycle now) {
  for (Neighbour& n : neighbours_) {
    n.given.ppu = n.ppu_front;
    n.given.vector = n.vector_front;
    n.ppu_front = front_of(n.pe.ppu_packets, now + 1);
    n.vector_front = front_of(n.pe.vector_packets, now + 1);
    n.given.ppu_ready = n.given.ppu && !same(n.given.ppu, n.ppu_front);
    n.given.vector_ready = n.given.vector && !same(n.given.vector, n.vector_front);
  }
  if (arriving_) produced_.push_back(*arriving_);
  arriving_.reset();
  const BufferBeat* grant = ports_[static_cast<std::size_t>(BufferClient::return_bus)]->grants.front(now + 1);
  if (grant != nullptr && grant->tag % 2 == 1) arriving_ = grant->tag / 2;
}

void MachineOfPes::see_counters() {
  for (std::size_t i = 0; i < kCounterCount; ++i) {
    const auto counter = static_cast<Counter>(i);
    if (counter == Counter::consumed || counter == Counter::produced) continue;
    for (; counters_[i] < run_.scoreboard.value(counter); ++counters_[i]) {
      advanced_.push_back(counter);
      if (counter == Counter::loaded) end_load();
    }
  }
}

}  // namespace lnsim::lockstep
