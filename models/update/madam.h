// Madam: the multiplicative update, on LNS codes a subtraction of exponents.
//
//   v     = fma(1 - beta, g^2, beta v)                 single precision, one rounding per operation, three in
//   all g*    = round(clamp(g / sqrt(v_hat), +-bound))     v_hat = v / (1 - beta^step); half to even; NaN ->
//   0 steps = round(gamma_U learning_rate |g*|)          half to even, or stochastic when the weight format
//   says so e    <- clamp(e - sign(g) sign(W) steps)           to the code range of W's sign, whatever the
//                                                     format does to underflow elsewhere
// Signs never flip; a weight of zero never moves; the first step has g* = +-1 wherever g^2 is a normal
// single-precision number.
//
// g* is found without division or root: 2 log2|g| - log2 v + log2(1 - beta^step) is compared with 2 log2(j +
// 1/2). Logarithms have 48 fraction bits (an LNS gradient's is exact), so that g* is the exact one unless |g|
// / sqrt(v_hat) lies within a relative 2^-46 of a midpoint. v stands for itself before it is rounded to the
// moment format. Where g^2 underflows to v = 0 the quotient is infinite and g* = +-bound, where it overflows
// g* = 0, as in single precision.
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
