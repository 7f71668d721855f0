// What a parameter may be, in words: for messages and for the manual.
#pragma once

#include <string>
#include <string_view>

#include "sim/base/describe.h"

namespace lnsim {

// For example `an integer from 1 to 1024 (lanes)`, `a power of two from 8 to 4096 (B)`.
std::string range_text(const IntegerRange& range, std::string_view unit);
// For example `a number from 0.001 to 10 (GHz)`.
std::string range_text(const RealRange& range, std::string_view unit);
// For example `one of lns, int`.
std::string range_text(ChoiceNames names);

}  // namespace lnsim
