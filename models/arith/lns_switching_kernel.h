// The vectorised inner loop of lns_switching.h, for the instruction set of the machine it runs on (Highway,
// chosen at run time).
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/arith/lns_lane.h"

namespace lnsim::arith {

// Vectors are filled up with padding to a multiple of so many elements: a hardware vector's, at most.
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
  unsigned carry_bits =
      0;  // of a term, the lowest ones: left out of the sums of bins, which then fit in 32 bits
};

struct LnsToggles {
  std::uint64_t live_products = 0;
  std::uint64_t product_bits = 0;
  std::uint64_t sign_bits = 0;
  std::uint64_t term_bits = 0;
};

// Lanes' words of one beat: arrays aligned to 64 bytes. products (exponent sum and sign) and terms: lanes x
// stride elements; bin_sums: for each lane as many as there are bins, in whole fours.
struct LnsBeatWords {
  std::int32_t* products;
  std::int32_t* terms;
  std::int32_t* bin_sums;
};

// Compares the products of all lanes and their terms with those of the beat before, which are in `before`,
// and puts them there; bin_sums are written only. a: lanes x stride elements; b: stride elements, a multiple
// of kSwitchingBlock and kLongestVector + kSwitchingBlock at most.
LnsToggles lns_toggles(const LnsWords& words, const PackedLns* a, const PackedLns* b, std::size_t stride,
                       std::size_t lanes, const LnsBeatWords& before);

// Puts the hardware's codes of `size` operands, a multiple of kSwitchingBlock, in place of those before; how
// many bits differ.
std::uint64_t lns_exchange(const LnsWords& words, const PackedLns* operands, std::size_t size,
                           std::int32_t* codes);

}  // namespace lnsim::arith
