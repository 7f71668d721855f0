#include "models/arith/lns_lane.h"

#include <algorithm>

namespace lnsim::arith {

LnsGeometry::LnsGeometry(const DatapathParameters& p, const LnsLayout& a, int lowest_offset_a,
                         const LnsLayout& b, int lowest_offset_b)
    : parameters(p),
      log2_gamma(std::max(a.log2_gamma(), b.log2_gamma())),
      shift_a(log2_gamma - a.log2_gamma()),
      shift_b(log2_gamma - b.log2_gamma()),
      converter(1u << log2_gamma, p.table_entries, p.constant_bits) {
  const std::int32_t largest = (a.top() << shift_a) + (b.top() << shift_b);
  highest_octave = octave(largest);
  lowest_octave = lowest_offset_a + lowest_offset_b;
  lsb_octave = octave(largest + (1 << log2_gamma) - 1) - p.lsb_octaves;
}

std::int64_t accumulate(std::int64_t accumulator, const LsbSum& sum, unsigned bits, Overflow overflow,
                        DotCounts& counts) {
  const std::int64_t highest = (std::int64_t{1} << (bits - 1)) - 1;
  const std::int64_t lowest = -highest - 1;
  const std::uint64_t wrapped = static_cast<std::uint64_t>(accumulator) + sum.low;
  const auto next = static_cast<std::int64_t>(wrapped);  // exact when the sum is not beyond
  if (sum.beyond == 0 && next >= lowest && next <= highest) return next;
  ++counts.saturations;
  if (overflow == Overflow::wrap) return static_cast<std::int64_t>(wrapped << (64 - bits)) >> (64 - bits);
  const bool above = sum.beyond != 0 ? sum.beyond > 0 : next > highest;
  return above ? highest : lowest;
}

}  // namespace lnsim::arith
