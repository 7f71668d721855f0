#include "models/memory/global_buffer.h"

#include <fmt/format.h>

#include <bit>
#include <string_view>

namespace lnsim {
namespace {

constexpr std::array<std::string_view, kBufferClients> kClientNames{
    "dma_write", "dma_read", "operand_bus", "return_bus", "update_read", "update_write"};
constexpr std::array<Event, kBufferClients> kClientEvents{
    Event::global_buffer_write_byte, Event::global_buffer_read_byte, Event::global_buffer_read_byte,
    Event::global_buffer_write_byte, Event::global_buffer_read_byte, Event::global_buffer_write_byte};

}  // namespace

GlobalBuffer::GlobalBuffer(const sc_core::sc_module_name& name, Simulation& simulation,
                           const GlobalBufferParameters& parameters, RunState& run,
                           const std::array<BufferPort, kBufferClients>& ports)
    : MachineUnit(name, simulation),
      parameters_(parameters),
      capacity_bytes_(std::uint64_t{parameters.capacity_kib} * 1024),
      word_shift_(static_cast<unsigned>(std::countr_zero(parameters.bank_bytes))),
      run_(run),
      ports_(ports),
      asking_(kBufferClients) {
  for (std::size_t i = 0; i < kBufferClients; ++i) ports_[i].requests->report_to(asking_, i);
}

void GlobalBuffer::reset() {
  start_ = 0;
}

std::uint64_t GlobalBuffer::banks_of(const BufferBeat& beat) const {
  const std::uint64_t first_word = beat.address >> word_shift_;
  const std::uint64_t last_word = (beat.address + beat.bytes - 1) >> word_shift_;
  const std::uint64_t words = last_word - first_word + 1;
  if (words > parameters_.banks) throw ModelError("a beat needs a global-buffer bank twice");
  const std::uint64_t all = ~std::uint64_t{0} >> (64U - parameters_.banks);
  const std::uint64_t run = ~std::uint64_t{0} >> (64U - words);
  const bool masks = (parameters_.banks & (parameters_.banks - 1)) == 0;  // a division less
  const std::uint64_t first = masks ? first_word & (parameters_.banks - 1) : first_word % parameters_.banks;
  const std::uint64_t wrapped = first == 0 ? 0 : run >> (parameters_.banks - first);
  return ((run << first) | wrapped) & all;
}

void GlobalBuffer::step(Cycle now) {
  std::uint64_t taken = 0;
  bool served = false;
  bool denied = false;
  const auto look_at = [&](std::size_t client) {
    const BufferPort& port = ports_[client];
    const BufferBeat* beat = port.requests->front(now);
    if (beat == nullptr || !port.grants->can_push(now)) return;
    const std::uint64_t banks = banks_of(*beat);
    if ((banks & taken) != 0) {
      denied = true;
      return;
    }
    taken |= banks;
    served = true;
    serve(client, *beat, now);
  };
  static_assert(kBufferClients < 64);
  const std::uint64_t asking = asking_.low();
  const std::uint64_t turned_first = ~std::uint64_t{0} << start_;
  for (const std::uint64_t part : {asking & turned_first, asking & ~turned_first}) {
    for (std::uint64_t left = part; left != 0; left &= left - 1)
      look_at(static_cast<std::size_t>(std::countr_zero(left)));
  }
  if (denied) start_ = start_ + 1 < kBufferClients ? start_ + 1 : 0;
  if (served || denied) request_edge(now + 1);
}

void GlobalBuffer::serve(std::size_t client, const BufferBeat& beat, Cycle now) {
  if (beat.address + beat.bytes > capacity_bytes_) {
    throw ModelError(fmt::format("{}: port {} reaches byte {} of {}", name(), kClientNames[client],
                                 beat.address + beat.bytes, capacity_bytes_));
  }
  run_.events[kClientEvents[client]] += beat.bytes;
  ports_[client].grants->push(now, beat);
  ports_[client].requests->pop(now);
}

void GlobalBuffer::list(SignalList& signals) const {
  signals.add("first_port", start_);
  for (std::size_t client = 0; client < kBufferClients; ++client)
    ports_[client].list(signals, std::string(kClientNames[client]));
}

std::string GlobalBuffer::state() const {
  std::string text;
  for (std::size_t client = 0; client < kBufferClients; ++client) {
    if (ports_[client].requests->size() == 0) continue;
    text += fmt::format("{}{} waits with {} beats", text.empty() ? "" : ", ", kClientNames[client],
                        ports_[client].requests->size());
  }
  return text;
}

}  // namespace lnsim
