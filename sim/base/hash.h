// Hashes of short sequences of numbers, for tables in memory. Not the same from version to version.
#pragma once

#include <compare>
#include <cstdint>
#include <span>

namespace lnsim {

constexpr std::uint64_t hash_words(std::span<const std::uint64_t> words) {
  std::uint64_t hash = 0;
  for (const std::uint64_t word : words) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15ULL;
    hash ^= hash >> 29U;
  }
  return hash;
}

// 128 bits of a long sequence, taken word by word: sequences met in one process may be told apart by it.
class Fingerprint {
 public:
  constexpr void add(std::uint64_t word) {
    low_ = (low_ ^ word) * 0x9E3779B97F4A7C15ULL;
    low_ ^= low_ >> 29U;
    high_ = (high_ + word) * 0xD1B54A32D192ED03ULL;
    high_ ^= high_ >> 31U;
  }
  constexpr auto operator<=>(const Fingerprint&) const = default;

 private:
  std::uint64_t low_ = 0;
  std::uint64_t high_ = 0;
};

}  // namespace lnsim
