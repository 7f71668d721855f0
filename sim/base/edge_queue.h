// Which unit asked for a step in which cycle: the calendar of a simulation that runs on a scheduler of its
// own.
//
// The next kNear cycles have a row of bits each, one bit per unit, so that asking twice is asking once and a
// cycle's units come out in the order of their numbers; edges beyond wait in a heap. Asking costs a few
// instructions, an idle cycle nothing.
#pragma once

#include <algorithm>
#include <array>
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

  // `cycle` lies after now().
  void ask(std::size_t unit, Cycle cycle) {
    if (cycle - now_ >= kNear) {
      ask_far(unit, cycle);
      return;
    }
    const std::size_t row = cycle % kNear;
    bits_[row * words_ + unit / 64] |= std::uint64_t{1} << (unit % 64);
    rows_[row / 64] |= std::uint64_t{1} << (row % 64);
  }

  Cycle now() const { return now_; }
  // The next cycle that a unit asked for, or kNever.
  Cycle next() const { return std::min(next_near(), far_.empty() ? kNever : far_.top().first); }

  // Goes to `cycle`, which is not after next(), without handing anything out.
  void go_to(Cycle cycle) { now_ = cycle; }
  // Goes to next() and hands out that cycle's units; `step` may ask for later cycles.
  template <class Step>
  void take_next(Step step) {
    now_ = next();
    while (!far_.empty() && far_.top().first == now_) take_far();
    const std::size_t row = now_ % kNear;
    std::uint64_t* const bits = bits_.data() + row * words_;
    rows_[row / 64] &= ~(std::uint64_t{1} << (row % 64));
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
      const std::size_t row = (now_ + ahead) % kNear;
      if ((rows_[row / 64] >> (row % 64) & 1U) == 0) continue;
      for (std::size_t word = 0; word < words_; ++word) {
        for (std::uint64_t left = bits_[row * words_ + word]; left != 0; left &= left - 1)
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
    // The rows of now + 1 .. now + kNear - 1, starting in the middle of a word and ending there.
    const std::size_t first = (now_ + 1) % kNear;
    for (std::size_t i = 0; i <= rows_.size(); ++i) {
      const std::size_t word = (first / 64 + i) % rows_.size();
      std::uint64_t rows = rows_[word];
      if (i == 0) rows &= ~std::uint64_t{0} << (first % 64);
      if (rows == 0) continue;
      const std::size_t row = word * 64 + static_cast<std::size_t>(std::countr_zero(rows));
      return now_ + 1 + (row - first) % kNear;
    }
    return kNever;
  }

  Cycle now_ = 0;
  std::size_t units_ = 0;
  std::size_t words_ = 0;                         // of a row
  std::vector<std::uint64_t> bits_;               // [row][word]
  std::array<std::uint64_t, kNear / 64> rows_{};  // which rows hold an edge
  FarEdges far_;
  std::vector<Cycle> last_far_;  // by unit: asking for the same far edge again is asking once
};

}  // namespace lnsim
