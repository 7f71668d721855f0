// Hashes of short sequences of numbers, for tables in memory. Not the same from version to version.
#pragma once

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

}  // namespace lnsim
