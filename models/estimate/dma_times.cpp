#include "models/estimate/dma_times.h"

#include <algorithm>

#include "models/memory/dram.h"
#include "models/memory/transfers.h"

namespace lnsim {
namespace {

constexpr Cycle kToBuffer = 2;    // from a burst's arrival until its beat's grant is seen
constexpr Cycle kFromBuffer = 2;  // from a beat's request until its burst is asked for

}  // namespace

DmaTimes::DmaTimes(const AcceleratorParameters& machine, const Slowdowns& slowdowns)
    : machine_(machine),
      slowdowns_(slowdowns),
      burst_cycles_(burst_cycles(machine.dram)),
      back_(burst_latency(machine.dram) + 1 - burst_cycles_),
      beat_bytes_(std::min(dram_width(machine), buffer_line(machine.global_buffer))),
      reads_(machine.dma.outstanding_bursts, burst_latency(machine.dram) + 2),
      writes_(machine.dma.outstanding_bursts, burst_latency(machine.dram) + 2) {}

Cycle DmaTimes::serve(Cycle from, std::uint64_t bursts) {
  const std::uint64_t channels = machine_.dram.channels;
  return ceil_div(channels_.serve(from * channels, bursts * burst_cycles_), channels);
}

Cycle DmaTimes::beats(std::uint64_t bytes, BufferClient client) const {
  return slowed(ceil_div(bytes, beat_bytes_), slowdowns_, client);
}

CommandTimes DmaTimes::add(const Fetch& fetch, Cycle ready) {
  const Cycle taken = std::max(ready, fetch_free_);
  const std::uint64_t asked = bursts(machine_.dram, fetch.dram_address, fetch.dram_bytes);
  const Cycle asked_for = reads_.last_of(asked, taken, serve(taken, asked));
  fetch_free_ = std::max(asked_for, taken + beats(fetch.buffer_bytes, BufferClient::dma_write));
  channels_.forget_before(std::min(fetch_free_, write_back_free_) * machine_.dram.channels);
  return {taken, 0, fetch_free_ + back_ + kToBuffer};
}

CommandTimes DmaTimes::add(const WriteBack& write_back, Cycle ready) {
  const Cycle taken = std::max(ready, write_back_free_);
  const Cycle from = taken + kFromBuffer;
  const std::uint64_t asked = bursts(machine_.dram, write_back.dram_address, write_back.bytes);
  const Cycle asked_for = writes_.last_of(asked, from, serve(from, asked));
  const Cycle sent = std::max(asked_for, from + beats(write_back.bytes, BufferClient::dma_read));
  write_back_free_ = sent - kFromBuffer;
  return {taken, 0, sent + back_};
}

}  // namespace lnsim
