// What switches behind the adder trees of lanes with accumulators in two's complement: a beat's sums and the
// accumulators.
//
// The sum of a beat is taken as the difference that it makes to the accumulator, modulo the accumulator's
// width: what it is unless the accumulator saturates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/arith/switching.h"

namespace lnsim::arith {

class SumSwitching {
 public:
  // Accumulators of `bits` bits in as many 64-bit words as they need, lowest first, one behind the other.
  SumSwitching(unsigned lanes, unsigned bits);

  // Of the first `rows` lanes; the others add zero to zero.
  void beat(const std::uint64_t* before, const std::uint64_t* after, unsigned rows, SwitchingCounts& counts);

 private:
  void add_row(const std::uint64_t* before, const std::uint64_t* after, std::size_t row,
               SwitchingCounts& counts);
  void rest(std::size_t rows, SwitchingCounts& counts);

  std::size_t words_;  // of an accumulator
  std::uint64_t top_mask_;
  // Of the beat before.
  std::vector<std::uint64_t> sums_;
  std::vector<std::uint64_t> augends_;
};

}  // namespace lnsim::arith
