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
  // A burst on each channel from `channel` on, `most` at most, asked for in cycle `now`, up to the first
  // channel whose queue is full: how many, and the cycles in which their completions are seen.
  std::size_t request(std::size_t channel, std::size_t most, Cycle now, Cycle* done) {
    Lane* const lanes = channels_.data();
    Cycle* const free_from = free_from_.data();
    const std::size_t entries = entries_;
    const std::size_t channels = channels_.size();
    std::size_t taken = 0;
    for (; taken < most; ++taken) {
      Lane& lane = lanes[channel];
      Cycle& entry = free_from[channel * entries + lane.oldest];
      if (entry > now) break;
      const Cycle accepted = std::max(now + 1, lane.accepts_from);
      lane.accepts_from = accepted + burst_cycles_;
      entry = accepted + 1;
      if (++lane.oldest == entries) lane.oldest = 0;
      done[taken] = accepted + latency_;
      if (++channel == channels) channel = 0;
    }
    return taken;
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
