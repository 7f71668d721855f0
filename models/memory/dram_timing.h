// The DRAM in closed form: when a burst is accepted and done follows from its channel's last ones alone.
//
// The same cycles as Dram (models/memory/dram.h), whose queues are first in, first out and whose channels
// accept as soon as they can: a burst asked for in cycle t is accepted in max(t + 1, acceptance of the one
// before + T), done after burst_latency, and its queue has an entry free for a request in t when the one that
// is `entries` bursts older was accepted before t. Not for random stalls, which belong to cycles. A test
// compares both.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "models/memory/dram.h"

namespace lnsim {

class DramTiming {
 public:
  // `entries` of each channel's queue.
  DramTiming(const DramParameters& parameters, std::size_t entries)
      : entries_(entries),
        burst_cycles_(burst_cycles(parameters)),
        latency_(burst_latency(parameters)),
        channels_(parameters.channels),
        free_from_(parameters.channels * entries) {}

  void reset() {
    std::fill(channels_.begin(), channels_.end(), Lane{});
    std::fill(free_from_.begin(), free_from_.end(), 0);
  }

  // The most bursts that are ever under way at once: a queue full on each channel, and those accepted since a
  // burst's latency ago.
  std::size_t most_in_flight() const {
    return channels_.size() * (entries_ + static_cast<std::size_t>(latency_ / burst_cycles_) + 1);
  }

  // The first cycle in which the channel's queue has an entry free.
  Cycle free_from(std::size_t channel) const {
    return free_from_[channel * entries_ + channels_[channel].oldest];
  }
  // A burst asked for in cycle `now`, which is free_from at the earliest; the cycle in which its completion
  // is seen.
  Cycle request(std::size_t channel, Cycle now) {
    Lane& lane = channels_[channel];
    const Cycle accepted = std::max(now + 1, lane.accepts_from);
    lane.accepts_from = accepted + burst_cycles_;
    free_from_[channel * entries_ + lane.oldest] = accepted + 1;
    if (++lane.oldest == entries_) lane.oldest = 0;
    return accepted + latency_;
  }

  void image(StateImage& image) const {
    for (std::size_t channel = 0; channel < channels_.size(); ++channel) {
      image.time(channels_[channel].accepts_from);
      for (std::size_t i = 0; i < entries_; ++i)
        image.time(free_from_[channel * entries_ + (channels_[channel].oldest + i) % entries_]);
    }
  }

 private:
  struct Lane {
    Cycle accepts_from = 0;
    std::size_t oldest = 0;  // entry of its queue
  };

  std::size_t entries_;
  Cycle burst_cycles_;
  Cycle latency_;
  std::vector<Lane> channels_;
  std::vector<Cycle> free_from_;  // [channel][entry]: when the entry can be used again
};

}  // namespace lnsim
