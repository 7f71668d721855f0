// Floating-point lanes: FP32, FP16, BF16, FP8 operands, FP32 accumulator (IEEE 754 single, subnormals kept,
// half to even).
//
//   per_step: acc = round(acc + a * b) in element order, the product exact: a chain of fused multiply-adds
//   fused:    acc = round(acc + sum of a * b over the beat), everything exact inside, one rounding per beat
//   aligned:  acc = round(acc + sum of cut(a * b) over the beat), where cut drops, towards zero, the bits of
//             a product below 2^(E - alignment_bits + 1), and 2^E is the leading one of the beat's largest
//             product: one adder tree of alignment_bits and a few for carries, exact inside, and one addition
//             to the accumulator, exact but for its rounding. No product waits for the accumulator, so that
//             all but this addition can be pipelined, as matrix units of training chips have it
// Error of an aligned beat of n products against the exact sum: below n 2^(E - alignment_bits + 1), and that
// of the rounding. Infinities and NaNs follow IEEE 754 in all: infinity times zero and infinity minus
// infinity are NaN, every NaN is 0x7fc00000, a finite sum that rounds beyond the range becomes infinite. An
// exact sum of zero is +0, except that per_step keeps IEEE's -0 + -0 = -0. Arithmetic is on integers
// throughout.
//
// Counts: lost_products: per_step: non-zero products whose addition left the accumulator as it was, aligned:
// whose bits were all dropped; truncated_sums: finite sums that lost non-zero bits in the rounding, or before
// it; saturations: finite sums that became infinite.
//
// scale_offset counts octaves and is exact: a packed operand carries its exponent apart from the code.
// Positive offsets and those below -4096 are refused with std::invalid_argument.
//
// emit: rounded once, from the exact product of accumulator and scales, by the output format's own quantiser.
// Infinity becomes the output's largest value and counts as saturated; so does NaN, which becomes the
// output's NaN or, without one, zero.
#pragma once

#include <memory>

#include "models/arith/datapath.h"

namespace lnsim::arith {

// Throws std::invalid_argument unless the kind is a floating-point one, both formats are of that kind and
// alignment_bits is in 8..48; the two FP8 kinds take either FP8 format, so that E4M3 and E5M2 can meet.
std::unique_ptr<const Datapath> make_float_datapath(const DatapathParameters& parameters,
                                                    const NumberFormat& a, const NumberFormat& b);

}  // namespace lnsim::arith
