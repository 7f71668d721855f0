// Integer lanes: B-bit two's complement operands (B up to 16), products and sums in integers.
//
//   narrow: after every beat  acc = fit(acc + sum of a * b),  fit saturates or wraps to accumulator_bits
//   exact:  64 bits; cannot overflow in fewer than 2^33 products of 16-bit operands
// Nothing is lost before the accumulator, so lost_products and truncated_sums stay 0; saturations counts the
// beats' sums that did not fit.
//
// scale_offset must be 0: scales lie on a grid of 2^(1/256), an integer lane has no multiplier for a vector's
// own scale. Other offsets are refused with std::invalid_argument.
//
// emit: acc * 2^((k_a + k_b) / 256) in the output format. Integer output: one rounding by the constant of
// IntegerFormat (accumulators above 53 bits are first rounded to 53).
#pragma once

#include <memory>

#include "models/arith/datapath.h"

namespace lnsim::arith {

// Throws std::invalid_argument unless the kind is int8 and both formats are integers.
std::unique_ptr<const Datapath> make_integer_datapath(const DatapathParameters& parameters,
                                                      const NumberFormat& a, const NumberFormat& b);

}  // namespace lnsim::arith
