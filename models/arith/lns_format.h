// Logarithmic numbers: sign and B-1 exponent bits, base 2^(1/gamma). The code is described in lns_layout.h.
//
// quantise: e = round(gamma * log2|x|) - k, exactly. |x| is taken apart into mantissa and exponent, and the
// mantissa is compared with the thresholds 2^((2j+1) / (2 gamma)), rounded up to 64 bits. A threshold is
// irrational, so a tie cannot occur, and comparing a 53-bit mantissa with its ceiling decides the same as
// comparing with the threshold itself. Rounding happens before the range is checked: rounding up across the
// top saturates.
//
// quantise_stochastic: e = floor(gamma * log2|x| - k + random / 2^32), the logarithm cut to 32 fraction bits.
//
// Scale: k on the grid 1 / gamma, or multiples of gamma with ScaleKind::power_of_two. scale_for:
// k = round(gamma * log2 max) - top, for powers of two the next multiple of gamma not below it; k = 0 for a
// group of zeros.
#pragma once

#include <memory>

#include "models/arith/number_format.h"

namespace lnsim::arith {

// Throws std::invalid_argument like LnsLayout.
std::unique_ptr<const NumberFormat> make_lns(const FormatParameters& parameters);

}  // namespace lnsim::arith
