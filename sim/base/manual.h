// The manual page of a parameter listing: every section with its keys, their types, units, ranges, defaults,
// meanings and conditions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/base/parameter_list.h"

namespace lnsim {

// `section` is a path such as `pe.buffer_a`, with all that lies below it; empty: everything. Throws UserError
// for a section that does not exist.
std::string manual_text(const std::vector<ParameterEntry>& parameters, std::string_view section);

// The same as data: a list of keys, each with path, type, unit, default, doc, condition, and range or
// choices.
nlohmann::ordered_json manual_json(const std::vector<ParameterEntry>& parameters, std::string_view section);

}  // namespace lnsim
