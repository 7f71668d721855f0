// The unit of time: the cycle, an integer. SystemC time is 1 ns per cycle; seconds appear only in reports.
#pragma once

#include <cstdint>
#include <limits>

namespace lnsim {

using Cycle = std::uint64_t;
inline constexpr Cycle kNever = std::numeric_limits<Cycle>::max();

// Whole units needed to hold `amount`, `per_unit` at a time.
constexpr std::uint64_t ceil_div(std::uint64_t amount, std::uint64_t per_unit) {
  return (amount + per_unit - 1) / per_unit;
}

}  // namespace lnsim
