// Hashes of short sequences of numbers, for tables in memory. Not the same from version to version.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>

namespace lnsim {

constexpr std::uint64_t hash_step(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15ULL;
  return hash ^ hash >> 29U;
}

// Four chains side by side: one alone would wait for its multiplications.
constexpr std::uint64_t hash_words(std::span<const std::uint64_t> words) {
  std::array<std::uint64_t, 4> chains{1, 2, 3, 4};
  std::size_t i = 0;
  for (; i + 4 <= words.size(); i += 4) {
    for (std::size_t j = 0; j < 4; ++j) chains[j] = hash_step(chains[j], words[i + j]);
  }
  std::uint64_t hash = words.size();
  for (; i < words.size(); ++i) hash = hash_step(hash, words[i]);
  for (const std::uint64_t chain : chains) hash = hash_step(hash, chain);
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
