// Sizes in whole units: extents of tensors in tiles, bytes in words, bursts and lines.
#pragma once

#include <cstdint>

namespace lnsim {

// Units needed to hold `extent`, not negative, `per_unit` at a time.
constexpr std::int64_t ceil_div(std::int64_t extent, std::int64_t per_unit) {
  return (extent + per_unit - 1) / per_unit;
}

// The least multiple of `unit` that is not below `amount`.
constexpr std::uint64_t round_up(std::uint64_t amount, std::uint64_t unit) {
  return (amount + unit - 1) / unit * unit;
}

}  // namespace lnsim
