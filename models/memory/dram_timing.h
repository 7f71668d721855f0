// The DRAM in closed form: when a burst is accepted and done follows from its channel's last ones alone.
//
// The same cycles as Dram (models/memory/dram.h), whose queues are first in, first out and whose channels
// accept as soon as they can: a burst asked for in cycle t is accepted in max(t + 1, acceptance of the one
// before + T), done after burst_latency, and its queue has an entry free for a request in t when the one that
// is `entries` bursts older was accepted before t. Not for random stalls, which belong to cycles. A test
// compares both.
#pragma once

#include <cstdint>
#include <vector>

#include "models/memory/dram.h"

namespace lnsim {

class DramTiming {
 public:
  // `entries` of each channel's queue.
  DramTiming(const DramParameters& parameters, std::size_t entries, RunState& run)
      : entries_(entries),
        burst_bytes_(parameters.burst_bytes),
        burst_cycles_(burst_cycles(parameters)),
        latency_(burst_latency(parameters)),
        run_(run),
        channels_(parameters.channels) {
    reset();
  }

  void reset() {
    for (Lane& channel : channels_) channel = {0, 0, std::vector<Cycle>(entries_, 0)};
  }

  // The first cycle in which the channel's queue has an entry free.
  Cycle free_from(std::size_t channel) const {
    const Lane& lane = channels_[channel];
    return lane.free_from[lane.oldest];
  }
  // A burst asked for in cycle `now`, which is free_from at the earliest; the cycle in which its completion
  // is seen.
  Cycle request(std::size_t channel, BurstKind kind, Cycle now) {
    Lane& lane = channels_[channel];
    const Cycle accepted = std::max(now + 1, lane.accepts_from);
    lane.accepts_from = accepted + burst_cycles_;
    lane.free_from[lane.oldest] = accepted + 1;
    if (++lane.oldest == entries_) lane.oldest = 0;
    run_.events[kind == BurstKind::read ? Event::dram_read_byte : Event::dram_write_byte] += burst_bytes_;
    return accepted + latency_;
  }

  void image(StateImage& image) const {
    for (const Lane& lane : channels_) {
      image.time(lane.accepts_from);
      for (std::size_t i = 0; i < entries_; ++i) image.time(lane.free_from[(lane.oldest + i) % entries_]);
    }
  }

 private:
  struct Lane {
    Cycle accepts_from = 0;
    std::size_t oldest = 0;
    std::vector<Cycle> free_from;  // ring, by request: when its entry can be used again
  };

  std::size_t entries_;
  std::uint64_t burst_bytes_;
  Cycle burst_cycles_;
  Cycle latency_;
  RunState& run_;
  std::vector<Lane> channels_;
};

}  // namespace lnsim
