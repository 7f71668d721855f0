// The vectorised inner loop of an LNS lane, for the instruction set of the machine it runs on (Highway,
// chosen at run time). It works in 64 bits: bit 0 is the weight of a factor's bit 0 in the window's lowest
// octave. What the definition (lns_scalar_lane.h) would sum below the window is reported, not summed.
#pragma once

#include <cstdint>
#include <vector>

#include "models/arith/lns_lane.h"

namespace lnsim::arith {

inline constexpr unsigned kKernelBins = 16;  // at most
inline constexpr unsigned kKernelTable =
    64;  // entries of a factor table, at least: a hardware vector reads as many

struct LnsKernel {
  unsigned log2_gamma = 0;
  std::int32_t base_octave = 0;   // the window's lowest octave
  std::int32_t window_floor = 0;  // packed sums of products from here up lie in the window
  std::int32_t lost_floor = 0;    // packed sums of products below are smaller than the LSB
  // By remainder, each below 2^31; at least kKernelTable entries, unused ones 0. lns_sum: the whole linear
  // value; lns_bin_sums: the factor.
  std::vector<std::int32_t> factors;

  unsigned bins = 1;  // of lns_bin_sums, at most kKernelBins
  unsigned bin_shift = 0;
  // Of lns_bin_sums: each shifted factor loses its lowest bits before it is added. Octaves below the base are
  // then taken as the base, where every factor is less than half of 2^product_dropped_bits.
  bool truncate_products = false;
  TruncationRule rule = TruncationRule::floor;
  unsigned product_dropped_bits = 0;
  bool short_terms = false;  // with truncate_products: shifted factors and bins' sums fit 32 bits
};

// Products by the size of their packed sum; each count includes the ones before.
struct LnsKernelCounts {
  std::uint64_t padding = 0;
  std::uint64_t no_product = 0;  // zero or padding
  std::uint64_t lost = 0;        // or less
  std::uint64_t truncated = 0;   // products that lost bits and are not lost (apart from the other counts)
};

// For each lane: the sum of its shifted factors, and whether products lay below the window (then the sum is
// incomplete). Window and vector size are such that 63 bits hold the sum.
void lns_sum(const LnsKernel& kernel, const PackedLns* a, const PackedLns* b, unsigned vector_size,
             unsigned lanes, std::int64_t* sums, bool* below_window, LnsKernelCounts& counts);

// The same with one sum per bin: sums[lane * bins + bin]. vector_size up to kLongestVector.
void lns_bin_sums(const LnsKernel& kernel, const PackedLns* a, const PackedLns* b, unsigned vector_size,
                  unsigned lanes, std::int64_t* sums, bool* below_window, LnsKernelCounts& counts);

}  // namespace lnsim::arith
