// Codes side by side in 64-bit words, the first at bit 0.
#pragma once

#include <cstdint>
#include <vector>

namespace lnsim::characterise {

class PackedWords {
 public:
  void append(std::uint64_t value, unsigned bits) {
    for (unsigned done = 0; done < bits;) {
      const unsigned at = size_ % 64;
      if (at == 0) words_.push_back(0);
      words_.back() |= (value >> done) << at;
      const unsigned taken = bits - done < 64 - at ? bits - done : 64 - at;
      if (at + taken < 64) words_.back() &= (std::uint64_t{1} << (at + taken)) - 1;
      done += taken;
      size_ += taken;
    }
  }
  const std::vector<std::uint64_t>& words() const { return words_; }

 private:
  std::vector<std::uint64_t> words_;
  unsigned size_ = 0;
};

}  // namespace lnsim::characterise
