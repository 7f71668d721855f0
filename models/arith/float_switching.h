// What switches in floating-point lanes:
//
//   operand     its code; of an operand whose scale was lowered, the code of the lowered number, cut towards
//   zero product     sign; sum of the exponents of the leading ones, 12 bits in two's complement; product of
//   the
//               significands (float_multiply.sv). All bits 0 where a factor is zero, infinite or no number
//   term        not counted: 0
//   sum         the code of a lane's new accumulator, against that of the lane's beat before
#pragma once

#include <memory>

#include "models/arith/minifloat.h"
#include "models/arith/switching_counter.h"

namespace lnsim::arith {

std::unique_ptr<SwitchingCounter> make_float_switching(const MinifloatLayout& a, const MinifloatLayout& b,
                                                       unsigned lanes, unsigned vector_size);

}  // namespace lnsim::arith
