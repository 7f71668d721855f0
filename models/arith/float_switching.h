// What switches in floating-point lanes that align the products of a beat; of lanes that accumulate
// otherwise, what would switch in such a lane:
//
//   operand   its code; of an operand whose scale was lowered, the code of the lowered number, cut towards
//   zero multiples of the significands of `a`, in booth_multiples.h, nothing where it is zero, infinite or no
//   number product   sum of the exponents of the leading ones, 12 bits in two's complement; product of the
//   significands
//             (float_multiply.sv). All bits 0 where a factor is zero, infinite or no number
//   distance  of the product's leading one from that of the lane's largest one, alignment_bits where it is
//   further or
//             there is none (float_aligned.sv)
//   term      the alignment_bits bits that are kept of a product, inverted when negative, and a sign
//   tree      the sum of the terms in two's complement, in as many bits more as a carry over the vector needs
//   sum       the same as a number: sign, exponent of the leading one in 12 bits, and 51 bits of significand
//   augend, accumulator   FP32 codes
#pragma once

#include <memory>

#include "models/arith/minifloat.h"
#include "models/arith/switching_counter.h"

namespace lnsim::arith {

std::unique_ptr<SwitchingCounter> make_float_switching(const MinifloatLayout& a, const MinifloatLayout& b,
                                                       unsigned alignment_bits, unsigned lanes,
                                                       unsigned vector_size);

}  // namespace lnsim::arith
