// Number formats by short name, as a person types them: lns8g8, int8, e5m10, fp8_e4m3.
#pragma once

#include <string>

#include "models/arith/number_format.h"

namespace lnsim {

// `zero` and `underflow` as run configs spell them; they matter to LNS only. Throws UserError for names and
// widths that do not exist.
arith::FormatParameters format_by_name(const std::string& name, const std::string& zero,
                                       const std::string& underflow);

}  // namespace lnsim
