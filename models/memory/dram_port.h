// The DRAM as the DMA unit's engines see it: a queue per channel, or the closed form of what becomes of a
// request.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/control/run_state.h"
#include "models/memory/dram.h"
#include "models/memory/dram_timing.h"
#include "sim/base/channel.h"

namespace lnsim {

class DramPort {
 public:
  DramPort(const DramParameters& parameters, std::uint32_t outstanding_bursts, RunState& run,
           std::vector<Channel<Burst>*> requests)
      : burst_bytes_(parameters.burst_bytes),
        outstanding_bursts_(outstanding_bursts),
        run_(run),
        requests_(std::move(requests)),
        timing_(parameters, requests_.front()->capacity()),
        limits_(outstanding_bursts < timing_.most_in_flight()) {}

  void reset() { timing_.reset(); }

  std::size_t channels() const { return requests_.size(); }
  std::uint32_t burst_bytes() const { return burst_bytes_; }
  std::uint32_t outstanding_bursts() const { return outstanding_bursts_; }  // per direction
  // Whether that ever holds a burst up.
  bool limits_outstanding() const { return !run_.closed_form || limits_; }

  // Bursts are interleaved over the channels; the next one goes to the next channel.
  std::size_t channel_of(std::uint64_t address) const { return address / burst_bytes_ % channels(); }
  std::size_t after(std::size_t channel) const { return channel + 1 < channels() ? channel + 1 : 0; }
  // Bytes from `address` to the end of its burst, or to `end`; burst_bytes is a power of two.
  std::uint64_t piece(std::uint64_t address, std::uint64_t end) const {
    return std::min(end, (address | (burst_bytes_ - 1)) + 1) - address;
  }

  // The cycle in which the completion will be seen; kNever: it will be reported. kFull when the channel's
  // queue is, `owner` then gets an edge once there is space.
  static constexpr Cycle kFull = 0;
  Cycle request(std::size_t channel, const Burst& burst, Cycle now, Unit& owner) {
    if (run_.closed_form) {
      const Cycle from = timing_.free_from(channel);
      if (from <= now) return timing_.request(channel, now);
      owner.request_edge(from);
      return kFull;
    }
    if (!requests_[channel]->can_push(now)) return kFull;
    requests_[channel]->push(now, burst);
    return kNever;
  }
  // So many requests were taken.
  void count(BurstKind kind, unsigned bursts) {
    if (!run_.closed_form) return;  // the DRAM counts
    run_.events[kind == BurstKind::read ? Event::dram_read_byte : Event::dram_write_byte] +=
        std::uint64_t{bursts} * burst_bytes_;
  }

  // `write` writes a burst in a queue.
  template <class Write>
  void image(StateImage& image, Write write) const {
    if (run_.closed_form) {
      timing_.image(image);
    } else {
      for (const Channel<Burst>* requests : requests_) requests->image(image, write);
    }
  }

 private:
  std::uint32_t burst_bytes_;
  std::uint32_t outstanding_bursts_;
  RunState& run_;
  std::vector<Channel<Burst>*> requests_;  // by DRAM channel
  DramTiming timing_;
  bool limits_;
};

}  // namespace lnsim
