// Floating-point lanes: FP32, FP16, BF16, FP8 operands, FP32 accumulator (IEEE 754 single, subnormals kept,
// half to even).
//
//   per_step: acc = round(acc + a * b) in element order, the product exact: a chain of fused multiply-adds
//   fused:    acc = round(acc + sum of a * b over the beat), everything exact inside, one rounding per beat
// Infinities and NaNs follow IEEE 754 in both; a sum that overflows becomes infinite. Every NaN is
// 0x7fc00000. An exact sum of zero is +0, except that per_step keeps IEEE's -0 + -0 = -0.
//
// Operand and accumulator are integers throughout: the host's floating point is not used.
//
// Counts: products, zero_products (an operand is zero); lost_products: per_step, non-zero products whose
// addition left a finite accumulator unchanged; truncated_sums: roundings that lost something; saturations:
// finite sums that became infinite.
//
// scale_offset (power of two) lowers an operand's exponent as it is packed. The scale is exact: packed
// operands carry their exponent apart from the code's field. Offsets below -2^12 are refused with
// std::invalid_argument.
#pragma once

#include <memory>

#include "models/arith/datapath.h"

namespace lnsim::arith {

// Throws std::invalid_argument unless the kind is a floating-point one and both formats are of that kind.
std::unique_ptr<const Datapath> make_float_datapath(const DatapathParameters& parameters,
                                                    const NumberFormat& a, const NumberFormat& b);

}  // namespace lnsim::arith
