// Bursts under way whose completions are known beforehand, by DRAM channel.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <vector>

#include "sim/base/clock.h"
#include "sim/base/state_image.h"

namespace lnsim {

class BurstsInFlight {
 public:
  explicit BurstsInFlight(std::size_t channels) : done_(channels) {}

  void reset() {
    for (auto& channel : done_) channel.clear();
    most_ = 0;
  }

  // A channel's bursts complete in their order.
  void add(std::size_t channel, Cycle done) {
    done_[channel].push_back(done);
    ++most_;
  }
  // How many of `wanted` more there may be in cycle `now` with `limit` incomplete at most. Bursts are counted
  // out only when it matters.
  std::size_t room(std::size_t wanted, std::size_t limit, Cycle now) {
    if (most_ + wanted <= limit) return wanted;
    for (auto& channel : done_) {
      for (; !channel.empty() && channel.front() <= now; --most_) channel.pop_front();
    }
    return std::min(wanted, limit - most_);
  }
  // The next completion, when room() was less than wanted.
  Cycle next() const {
    Cycle next = kNever;
    for (const auto& channel : done_) {
      if (!channel.empty()) next = std::min(next, channel.front());
    }
    return next;
  }

  void image(StateImage& image) const {
    for (const auto& channel : done_) {
      auto first = channel.begin();
      while (first != channel.end() && image.has_come(*first)) ++first;
      image.number(static_cast<std::uint64_t>(channel.end() - first));
      for (; first != channel.end(); ++first) image.time(*first);
    }
  }

 private:
  std::vector<std::deque<Cycle>> done_;  // ascending
  std::size_t most_ = 0;                 // of those incomplete
};

}  // namespace lnsim
