// Conversion between logarithmic formats, in integers: a stored 16-bit weight becomes an 8-bit operand.
//
//   e' = floor((e + k) * gamma' / gamma + 1/2) - k'        round half up
// With d = log2(gamma / gamma') > 0 and k = k' * 2^d this is min(top', (e + 2^(d-1)) >> d). To a finer grid
// it is exact. Range and zero as in lns_layout.h, counted.
#pragma once

#include <cstdint>

#include "models/arith/lns_layout.h"

namespace lnsim::arith {

// The scale that keeps the top of the range: k' = floor((top + k) * gamma' / gamma) - top'. Formats of equal
// range keep their scale: k' = k * gamma' / gamma.
Scale convert_scale(Scale scale, const LnsLayout& from, const LnsLayout& to);

Code convert(Code code, const LnsLayout& from, Scale from_scale, const LnsLayout& to, Scale to_scale,
             QuantiseCounts& counts);

}  // namespace lnsim::arith
