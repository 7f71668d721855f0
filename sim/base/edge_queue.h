// Which unit asked for a step in which cycle: the calendar of a simulation that runs on a scheduler of its
// own.
//
// The next kNear cycles have a row of bits each, one bit per unit, so that asking twice is asking once and a
// cycle's units come out in the order of their numbers; edges beyond wait in a heap. Asking costs a few
// instructions, an idle cycle a look at its row.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "sim/base/clock.h"

namespace lnsim {

class EdgeQueue {
 public:
  static constexpr Cycle kNear = 256;  // a power of two, and more than most latencies

  // Makes room for one more unit; its number.
  std::size_t add_unit();

  // False when `cycle` is not one of the near ones to come.
  bool ask_near(std::size_t unit, Cycle cycle) {
    if (cycle - now_ - 1 >= kNear - 1) return false;
    bits_[cycle % kNear * words_ + unit / 64] |= std::uint64_t{1} << (unit % 64);
    return true;
  }
  // `cycle` lies after now().
  void ask(std::size_t unit, Cycle cycle) {
    if (!ask_near(unit, cycle)) ask_far(unit, cycle);
  }

  Cycle now() const { return now_; }
  // The next cycle that a unit asked for, or kNever.
  Cycle next() const { return std::min(next_near(), far_.empty() ? kNever : far_.top().first); }

  // Goes to `cycle`, which is not after next(), without handing anything out.
  void go_to(Cycle cycle) { now_ = cycle; }
  // Goes to `cycle`, which is next(), and hands out its units; `step` may ask for later cycles.
  template <class Step>
  void take(Cycle cycle, Step step) {
    now_ = cycle;
    while (!far_.empty() && far_.top().first == now_) take_far();
    std::uint64_t* const bits = bits_.data() + now_ % kNear * words_;
    for (std::size_t word = 0; word < words_; ++word) {
      for (std::uint64_t left = std::exchange(bits[word], 0); left != 0; left &= left - 1) {
        step(word * 64 + static_cast<std::size_t>(std::countr_zero(left)));
      }
    }
  }

  // Forgets all edges.
  void clear();

  // Calls see(cycles from now, unit) for every edge, in order; a far one may be seen twice.
  template <class See>
  void for_each(See see) const {
    for (Cycle ahead = 1; ahead < kNear; ++ahead) {
      const std::uint64_t* const bits = bits_.data() + (now_ + ahead) % kNear * words_;
      for (std::size_t word = 0; word < words_; ++word) {
        for (std::uint64_t left = bits[word]; left != 0; left &= left - 1)
          see(ahead, word * 64 + static_cast<std::size_t>(std::countr_zero(left)));
      }
    }
    for (FarEdges far = far_; !far.empty(); far.pop()) see(far.top().first - now_, far.top().second);
  }

 private:
  using FarEdge = std::pair<Cycle, std::size_t>;
  using FarEdges = std::priority_queue<FarEdge, std::vector<FarEdge>, std::greater<>>;

  void ask_far(std::size_t unit, Cycle cycle);
  void take_far();
  Cycle next_near() const {
    for (Cycle cycle = now_ + 1; cycle < now_ + kNear; ++cycle) {
      const std::uint64_t* const bits = bits_.data() + cycle % kNear * words_;
      for (std::size_t word = 0; word < words_; ++word) {
        if (bits[word] != 0) return cycle;
      }
    }
    return kNever;
  }

  Cycle now_ = 0;
  std::size_t units_ = 0;
  std::size_t words_ = 0;            // of a row
  std::vector<std::uint64_t> bits_;  // [row][word]
  FarEdges far_;
  std::vector<Cycle> last_far_;  // by unit: asking for the same far edge again is asking once
};

}  // namespace lnsim
