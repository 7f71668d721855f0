// Madam: the multiplicative update, on LNS codes a subtraction of exponents.
//
//   v     = fma(1 - beta, g^2, beta v)               single precision, a rounding for each of the three
//                                                    operations
//   g*    = round(clamp(g / sqrt(v_hat), +-bound))   v_hat = v / (1 - beta^step); half to even; NaN -> 0
//   steps = round(gamma_U learning_rate |g*|)        half to even, or stochastic when the weight format says
//                                                    so
//   e    <- clamp(e - sign(g) sign(W) steps)         to the code range of W's sign, whatever the format does
//                                                    to underflow elsewhere
//
// Signs never flip; a weight of zero never moves; the first step has g* = +-1 wherever g^2 is a normal
// single-precision number.
//
// g* is found without division or root: 2 log2|g| - log2 v + log2(1 - beta^step) is compared with 2 log2(j +
// 1/2). Logarithms have 26 fraction bits, and g* is the exact one unless |g| / sqrt(v_hat) lies within a
// relative 2^-25 of a midpoint: log2 v is less than a unit of 2^-26 off, an LNS gradient's logarithm exact
// and another's twice a unit off, the two constants half a unit each, and a unit is what lets ties go up:
// five in all, times ln 2 / 2. The published optimizer, which evaluates the quotient in single precision, can
// be off by 2.5 x 2^-24 (quotient and root 2^-24 each, the root of a rounded v_hat half of that), so that
// more bits would not come closer to it. v stands for itself before it is rounded to the moment format. Where
// g^2 underflows to v = 0 the quotient is infinite and g* = +-bound, where it overflows g* = 0, as in single
// precision.
//
// State: v. Counts: see UpdateCounts.
#pragma once

#include <memory>

#include "models/update/update_rule.h"

namespace lnsim {

// Throws std::invalid_argument when the weight format is not LNS or the bound is not in 1..1000.
std::unique_ptr<const UpdateRule> make_madam(const OptimizerParameters& parameters,
                                             const UpdateFormats& formats, const UpdateStep& step);

}  // namespace lnsim
