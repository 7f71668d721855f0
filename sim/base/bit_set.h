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

  // The first member from `first` on, then from 0 on, that the predicate holds for; the size when there is
  // none.
  template <class Predicate>
  std::size_t find_in_turn(std::size_t first, Predicate holds) const {
    const std::size_t turn = first / 64;
    const std::uint64_t from_first = ~std::uint64_t{0} << (first % 64);
    for (std::size_t i = 0; i <= words_.size(); ++i) {
      const std::size_t word = turn + i < words_.size() ? turn + i : turn + i - words_.size();
      const std::uint64_t mask = i == 0 ? from_first : i == words_.size() ? ~from_first : ~std::uint64_t{0};
      for (std::uint64_t left = words_[word] & mask; left != 0; left &= left - 1) {
        const std::size_t member = word * 64 + static_cast<std::size_t>(std::countr_zero(left));
        if (holds(member)) return member;
      }
    }
    return size_;
  }
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
