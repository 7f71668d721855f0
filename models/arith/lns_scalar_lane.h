// The definition of an LNS lane, written to be read: one product after the other, bins explicit, sums as wide
// as they get. The vectorised lane must equal it for every code.
//
//   bin[r_M] += sign * (factor(r) << q)              adder tree of r_M's bin
//   sum      += bin[r_M] * constant(r_M)             one constant multiply per bin
//   accumulator = fit(accumulator + sum)
// The narrow accumulator keeps nothing below its LSB. truncate_at says where such bits are first dropped
// (product: the shifted factor; bin: its sum; constant: the multiplied sum; vector: the sum over the bins).
// A constant multiply after that point keeps none below the LSB either. The rule applies to the signed
// number. The exact accumulator drops nothing.
//
// Counts: lost_products are those below the LSB, 2^(p / gamma) < LSB, whatever becomes of them;
// truncated_sums are the sums that lost bits, and with truncate_at product the products not below the LSB
// that lost bits.
#pragma once

#include <cstdint>
#include <span>

#include "models/arith/lns_lane.h"

namespace lnsim::arith {

class LnsScalarLane {
 public:
  explicit LnsScalarLane(const LnsGeometry& geometry);

  // What a beat adds to a narrow accumulator. One packed vector each of A and B.
  LsbSum narrow(std::span<const PackedLns> a, std::span<const PackedLns> b, DotCounts& counts) const;

  // Adds a beat to an exact accumulator, whose bit 0 weighs 2^exact_unit().
  void exact(std::span<const PackedLns> a, std::span<const PackedLns> b, std::span<std::uint64_t> accumulator,
             DotCounts& counts) const;
  int exact_unit() const { return geometry_.lowest_octave - factor_bits_ - constant_bits_; }

 private:
  const LnsGeometry& geometry_;
  int factor_bits_;
  int constant_bits_;
};

}  // namespace lnsim::arith
