// What switches in LNS lanes. Words as lns_dot.sv has them, with these choices of ours:
//
//   operand   sign and exponent; a zero has all bits 0, whatever its code. An exponent that a scale has
//   lowered is in
//             two's complement, as wide as a product's
//   product   exponent sum; all bits 0 where a factor is zero
//   term      the factor shifted by the octave, inverted when negative (the one that completes the two's
//   complement
//             is a term of its own, signed_sum.sv), in the tree of its bin; in other trees it is 0. A term
//             has the bits of the largest one and a sign. The upper 32 of them are counted; of lanes that
//             truncate products, none below the accumulator's LSB
//   tree      of each bin the sum of its terms, in two's complement; of their magnitudes the lowest of 31
//   bits are
//             left out, as many as a count of products has, so that 32 bits hold the sum
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "models/arith/lns_lane.h"
#include "models/arith/switching_counter.h"

namespace lnsim::arith {

std::unique_ptr<SwitchingCounter> make_lns_switching(const LnsGeometry& geometry, unsigned accumulator_bits,
                                                     unsigned lanes, unsigned vector_size);

}  // namespace lnsim::arith
