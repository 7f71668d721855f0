// Products of logarithmic numbers: exponents add, signs xor, zero wins.
#pragma once

#include "models/arith/lns_layout.h"

namespace lnsim::arith {

// The same number with its exponent on the finer grid 1 / 2^log2_gamma: operands of different bases are
// aligned to the larger gamma by a shift. log2_gamma >= from.log2_gamma().
inline LnsNumber align(LnsNumber x, const LnsLayout& from, unsigned log2_gamma) {
  x.exponent <<= log2_gamma - from.log2_gamma();
  return x;
}

// Exponents on one grid; the product's may be up to the sum of both tops.
inline LnsNumber multiply(const LnsNumber& a, const LnsNumber& b) {
  if (a.zero || b.zero) return {true, false, 0};
  return {false, a.negative != b.negative, a.exponent + b.exponent};
}

}  // namespace lnsim::arith
