// A wide number put together from fields, the lowest one first, for a parameter of a module.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lnsim::characterise {

class VerilogNumber {
 public:
  void append(std::uint64_t field, unsigned bits) {
    for (unsigned bit = 0; bit < bits; ++bit) bits_.push_back((field >> bit & 1) != 0);
  }
  // For example 12'h5f0.
  std::string text() const {
    std::string digits((bits_.size() + 3) / 4, '0');
    for (std::size_t low = 0, place = digits.size(); low < bits_.size(); low += 4) {
      unsigned digit = 0;
      for (std::size_t bit = low; bit < low + 4 && bit < bits_.size(); ++bit)
        digit |= (bits_[bit] ? 1u : 0u) << (bit - low);
      digits[--place] = "0123456789abcdef"[digit];
    }
    return std::to_string(bits_.size()) + "'h" + digits;
  }

 private:
  std::vector<bool> bits_;
};

}  // namespace lnsim::characterise
