// The vectorised inner loop of lns_switching.h, for the instruction set of the machine it runs on (Highway,
// chosen at run time).
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/arith/lns_lane.h"

namespace lnsim::arith {

// Lanes stand side by side, in blocks of so many: a hardware vector's elements, at most.
inline constexpr std::size_t kSwitchingBlock = 16;

// How a packed sum of two operands stands in the hardware's words: as a product, and as a term whose leading
// one, in the highest octave, is bit 30.
struct LnsWords {
  // In the packed sum, above its sign, which is bit 0:
  std::int32_t exponent_mask = 0;
  std::int32_t bin_mask = 0;
  std::int32_t low_mask = 0;  // its r_L; 0 for an exact table
  unsigned octave_shift = 0;  // behind this shift: its octave

  std::int32_t highest_octave = 0;
  unsigned low_shift = 0;      // from r_L in the packed sum to its place in the term
  std::int32_t term_mask = 0;  // the bits that enter the trees
  unsigned bin_shift = 0;      // behind this shift of the packed sum: its bin
  unsigned bins = 1;
  // Of a term, the lowest ones: left out of the sums of bins, which then fit in 32 bits.
  unsigned carry_bits = 0;
};

struct LnsToggles {
  std::uint64_t live_products = 0;
  std::uint64_t product_bits = 0;
  std::uint64_t sign_bits = 0;
  std::uint64_t term_bits = 0;
  std::uint64_t tree_bits = 0;
};

// The operands of one beat. All arrays are aligned to 64 bytes.
struct LnsBeat {
  const PackedLns* a;  // blocks x size x kSwitchingBlock: element i of a block's lanes side by side
  const PackedLns* b;  // size elements
  const std::int32_t* real_lanes;  // blocks x kSwitchingBlock: 1, or 0 of a lane that only fills its block
  std::size_t blocks;
  std::size_t size;  // up to kLongestVector
};

// Words of the beat before, which a beat replaces. Aligned as above.
struct LnsHeldWords {
  std::int32_t* products;  // exponent sum and sign, as `a` stands
  std::int32_t* terms;     // as `a` stands
  std::int32_t* bin_sums;  // blocks x bins, in whole fours, x kSwitchingBlock
};

// Compares the words of a beat with those before, and puts them in their place.
LnsToggles lns_toggles(const LnsWords& words, const LnsBeat& beat, const LnsHeldWords& held);

// Puts the hardware's codes of `size` operands, a multiple of kSwitchingBlock, in place of those before; how
// many bits differ.
std::uint64_t lns_exchange(const LnsWords& words, const PackedLns* operands, std::size_t size,
                           std::int32_t* codes);

}  // namespace lnsim::arith
