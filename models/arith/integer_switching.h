// What switches in integer lanes: operands and products in two's complement of their widths. The products are
// the terms of the adder tree and its sum is the beat's, so that these are not counted again. Multiples: of
// `a`, in booth_multiples.h.
#pragma once

#include <memory>

#include "models/arith/switching_counter.h"

namespace lnsim::arith {

// Packed operands: two's complement in 16 bits; `padding`: what stands for none.
struct IntegerLanes {
  unsigned a_bits = 8;
  unsigned b_bits = 8;
  unsigned accumulator_bits = 24;
  std::int16_t padding = 0;
};

std::unique_ptr<SwitchingCounter> make_integer_switching(const IntegerLanes& widths, unsigned lanes,
                                                         unsigned vector_size);

}  // namespace lnsim::arith
