// Logarithmic lanes: exponent add and sign xor, shift by the quotient, adder tree per remainder bin, constant
// multiply per bin, sum, accumulator.
//
// The arithmetic is defined in lns_scalar_lane.h; lns_kernel.h computes the same with vector instructions
// wherever 64 bits hold the sums, and whatever it cannot hold is computed by the definition.
//
// Accumulator: narrow: accumulator_bits wide (8..62), LSB as in LnsGeometry. exact: wide enough for every
// sum: 64 bits when they hold 2^22 products of the largest magnitude, else as many words as 2^40 products
// need. accumulator_bits() of an exact one is that width.
//
// Operands of different bases are aligned to the larger gamma. scale_offset: 0 for formats with one scale per
// tensor, else down to -512 octaves; others are refused with std::invalid_argument. Vectors of up to 1024
// elements.
#pragma once

#include <memory>

#include "models/arith/datapath.h"

namespace lnsim::arith {

// Throws std::invalid_argument: not the kind lns, a format not LNS, parameters outside their ranges, or bases
// so different that an aligned exponent reaches 2^24 (15 or 16 bits and gamma 1 or 2 beside gamma 2048).
std::unique_ptr<const Datapath> make_lns_datapath(const DatapathParameters& parameters, const NumberFormat& a,
                                                  const NumberFormat& b);

}  // namespace lnsim::arith
