// Reads Liberty files.
#pragma once

#include <filesystem>
#include <span>

#include "tools/characterise/gates/liberty_library.h"

namespace lnsim::gates {

// One library from one or more files, plain or gzip, each with units of its own. All must agree on voltage,
// temperature and process, and no cell may stand in two of them.
//
// Where a cell lists internal_power or leakage_power per related_pg_pin, those of ground pins are left out:
// what flows into ground has come from a supply, and adding both counts it twice. A table may have its
// variables in either order.
//
// Throws UserError with file and line for what cannot be read or has no meaning here.
Library read_liberty(std::span<const std::filesystem::path> files);

}  // namespace lnsim::gates
