// An operation of a trace as a user names it.
#pragma once

#include <cstddef>
#include <string>

#include "sim/run/trace/trace.h"

namespace lnsim {

// Where in `trace.operations` the first operation stands that is named LAYER:PASS, as reports spell passes,
// or has that number `i`. Throws UserError that names `option` when there is none.
std::size_t operation_named(const Trace& trace, const std::string& name, const std::string& option);

}  // namespace lnsim
