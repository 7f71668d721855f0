// A set of small numbers, for looking at those members only that have something to do.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lnsim {

class BitSet {
 public:
  // Of numbers below `size`.
  explicit BitSet(std::size_t size = 0) : size_(size), words_(size / 64 + 1) {}

  void insert(std::size_t member) { words_[member / 64] |= std::uint64_t{1} << (member % 64); }
  void erase(std::size_t member) { words_[member / 64] &= ~(std::uint64_t{1} << (member % 64)); }

  // Members 0 .. 63, as bits.
  std::uint64_t low() const { return words_[0]; }
  // The smallest member from `first` on, or the size when there is none.
  std::size_t next(std::size_t first) const {
    if (first >= size_) return size_;
    std::size_t word = first / 64;
    std::uint64_t bits = words_[word] & (~std::uint64_t{0} << (first % 64));
    while (bits == 0) {
      if (++word == words_.size()) return size_;
      bits = words_[word];
    }
    return word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
  }

 private:
  std::size_t size_;
  std::vector<std::uint64_t> words_;
};

}  // namespace lnsim
