// A PE's own share of a command that goes to all PEs.
#pragma once

#include <cstdint>

#include "models/control/program.h"

namespace lnsim {

struct ComputeSlice {
  std::uint32_t group = 0;
  std::uint32_t first_row = 0;
  std::uint32_t rows = 0;
  std::uint32_t first_column = 0;
  std::uint32_t columns = 0;
  std::uint64_t elements_before = 0;  // output elements of the PEs before this one

  bool empty() const { return rows == 0 || columns == 0; }
};

// By the PE's position in the grid; empty where the operation has run out and for PEs beyond the grid.
ComputeSlice slice_of(const Compute& compute, const PeGrid& grid, std::uint32_t pe);

// Even share `i` of `parts` of an amount: shares differ by at most one and follow each other without a gap.
struct Share {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};
constexpr Share even_share(std::uint64_t amount, std::uint32_t i, std::uint32_t parts) {
  const auto begin = [&](std::uint64_t k) { return amount / parts * k + amount % parts * k / parts; };
  return {begin(i), begin(std::uint64_t{i} + 1) - begin(i)};
}

// Bytes of `elements` elements of `bits` bits each, stored without gaps.
constexpr std::uint64_t packed_size(std::uint64_t elements, std::uint64_t bits) {
  return (elements * bits + 7) / 8;
}

}  // namespace lnsim
