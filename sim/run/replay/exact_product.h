// The product of the rounded operands, independent of the machine: what its datapath should have computed.
#pragma once

#include <span>

#include "sim/run/compile/product.h"
#include "sim/run/replay/operand_rows.h"

namespace lnsim {

// Sums in double, in the order of the contraction: relative to the sum of magnitudes, within 2^-52 times the
// length of the contraction of the exact sum. Writes the product's elements of the result tensor `out`. About
// 2e9 products a second.
void exact_product(const Product& product, const OperandRows& a, const OperandRows& b, std::span<double> out);

}  // namespace lnsim
