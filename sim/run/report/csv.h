// Text in a CSV table.
#pragma once

#include <string>

namespace lnsim {

// RFC 4180: quotes around what would break a row.
std::string csv_field(const std::string& text);

}  // namespace lnsim
