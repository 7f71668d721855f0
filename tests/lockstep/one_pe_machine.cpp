#include "tests/lockstep/one_pe_machine.h"

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

OnePeMachine::OnePeMachine(Simulation& simulation, RunState& run, const PeMachine& machine,
                           const AcceleratorParameters& whole, PeData& data, SimulatedPe& pe)
    : whole_(whole),
      run_(run),
      machine_(machine),
      data_(data),
      pe_(pe),
      decoder_(*run.program, 0),
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
  build_units(simulation, pe);
  connect(pe);
  for (Unit* unit :
       std::initializer_list<Unit*>{controller_.get(), dram_.get(), dma_.get(), global_buffer_.get(),
                                    operand_bus_.get(), return_bus_.get(), weight_update_.get()})
    unit->reset();
  controller_->request_edge(1);
}

BufferPort OnePeMachine::port(BufferClient client) {
  Port& parts = *ports_[static_cast<std::size_t>(client)];
  return {&parts.requests, &parts.grants};
}

void OnePeMachine::build_units(Simulation& simulation, SimulatedPe& pe) {
  const auto beats = [&](std::uint64_t width) { return BeatShape(whole_.global_buffer, width); };
  const std::uint64_t banks = std::uint64_t{whole_.global_buffer.banks} * whole_.global_buffer.bank_bytes;
  DramPort dram{{}, whole_.dram.burst_bytes, whole_.dma.outstanding_bursts};
  for (const auto& channel : bursts_) dram.requests.push_back(channel.get());
  dram_ = std::make_unique<Dram>("dram", simulation, whole_.dram, run_, dram.requests, completions_);
  dma_ =
      std::make_unique<Dma>("dma", simulation, run_, dram,
                            beats(std::uint64_t{whole_.dram.channels} * whole_.dram.channel_bytes_per_cycle),
                            DmaChannels{&fetches_, &write_backs_, port(BufferClient::dma_write),
                                        port(BufferClient::dma_read), &completions_});
  std::array<BufferPort, kBufferClients> buffer_ports;
  for (std::size_t i = 0; i < kBufferClients; ++i) buffer_ports[i] = port(static_cast<BufferClient>(i));
  global_buffer_ =
      std::make_unique<GlobalBuffer>("global_buffer", simulation, whole_.global_buffer, run_, buffer_ports);
  operand_bus_ =
      std::make_unique<OperandBus>("operand_bus", simulation, whole_.bus, whole_.pe.vector_size, run_, loads_,
                                   port(BufferClient::operand_bus), beats(whole_.bus.operand_bytes_per_cycle),
                                   std::vector<OperandBuffers*>{&pe.buffers});
  return_bus_ =
      std::make_unique<ReturnBus>("return_bus", simulation, run_, port(BufferClient::return_bus),
                                  std::vector<Channel<OutputPacket>*>{&pe.ppu_packets, &pe.vector_packets});
  weight_update_ = std::make_unique<WeightUpdateUnit>(
      "weight_update", simulation, whole_.weight_update, run_, updates_, port(BufferClient::update_read),
      port(BufferClient::update_write), beats(std::max<std::uint64_t>(1, banks / 2)));
  CommandQueues queues{&fetches_, &write_backs_, &loads_, &updates_, {&pe.commands}};
  controller_ = std::make_unique<Controller>("controller", simulation, run_, std::move(queues));
}

void OnePeMachine::connect(SimulatedPe& pe) {
  pe.connect(*controller_, *return_bus_);
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

const PeGiven& OnePeMachine::given(Cycle now) {
  given_ = {};
  see_command();
  see_loads();
  see_packets(now);
  see_counters();
  if (run_.scoreboard.finished()) ++idle_cycles_;
  return given_;
}

// The controller issues the program in order, at most one command per cycle.
void OnePeMachine::see_command() {
  if (run_.events[Event::control_command] == issued_) return;
  const std::size_t command = issued_++;
  const Operation operation = run_.program->commands[command].operation;
  if (operation == Operation::load) queued_.push_back(command);
  if (operation == Operation::compute || operation == Operation::vector_work)
    given_.command = decoder_.decode(command, ordinal_++, data_);
}

// A load begins when it leaves the queue and ends when its counter advances; the twin's slot is written
// between.
void OnePeMachine::see_loads() {
  while (queued_.size() > loads_.size()) {
    const std::vector<PeWrite> writes = decoder_.writes_of(queued_.front(), data_, machine_);
    filling_.push_back({{writes.begin(), writes.end()}});
    queued_.pop_front();
  }
  for (Filling& fill : filling_) {
    if (fill.writes.empty()) continue;
    given_.write = fill.writes.front();
    fill.writes.pop_front();
    break;
  }
}

std::optional<OutputPacket> OnePeMachine::front_of(Channel<OutputPacket>& channel, Cycle next) {
  const OutputPacket* front = channel.front(next);
  return front == nullptr ? std::nullopt : std::optional(*front);
}

// A packet was taken if another one, or none, is at the front in the next cycle.
void OnePeMachine::see_packets(Cycle now) {
  given_.ppu = ppu_front_;
  given_.vector = vector_front_;
  ppu_front_ = front_of(pe_.ppu_packets, now + 1);
  vector_front_ = front_of(pe_.vector_packets, now + 1);
  given_.ppu_ready = given_.ppu && !same(given_.ppu, ppu_front_);
  given_.vector_ready = given_.vector && !same(given_.vector, vector_front_);
  if (arriving_) given_.produced.push_back(*arriving_);
  arriving_.reset();
  const BufferBeat* grant = ports_[static_cast<std::size_t>(BufferClient::return_bus)]->grants.front(now + 1);
  if (grant != nullptr && grant->tag % 2 == 1) arriving_ = grant->tag / 2;
}

void OnePeMachine::see_counters() {
  for (std::size_t i = 0; i < kCounterCount; ++i) {
    const auto counter = static_cast<Counter>(i);
    if (counter == Counter::consumed || counter == Counter::produced) continue;
    const std::uint32_t value = run_.scoreboard.value(counter);
    for (; counters_[i] < value; ++counters_[i]) {
      given_.advanced.push_back(counter);
      if (counter != Counter::loaded) continue;
      if (!filling_.front().writes.empty())
        throw std::runtime_error("the twin's slot was not written in the time that the bus took");
      filling_.pop_front();
    }
  }
}

}  // namespace lnsim::lockstep
