// Random words for stochastic rounding: a pure function of seed, stream and element, so that results do not
// depend on the order or grouping of the work.
#pragma once

#include <cstdint>

namespace lnsim {

// The upper half of SplitMix64's output function at a counter.
constexpr std::uint32_t random_word(std::uint64_t seed, unsigned stream, std::uint64_t index) {
  std::uint64_t z = seed + (4 * index + stream + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return static_cast<std::uint32_t>((z ^ (z >> 31)) >> 32);
}

}  // namespace lnsim
