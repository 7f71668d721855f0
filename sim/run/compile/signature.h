// A canonical text of all that determines an operation's program: equal texts, equal programs.
#pragma once

#include <string>

#include "sim/run/config/run_config.h"
#include "sim/run/trace/trace.h"

namespace lnsim {

// Of operations of one trace run with one config: the machine and the mapping parameters stand for
// themselves, only the given tilings that the operation matches are told apart.
std::string operation_signature(const TraceOperation& operation, const RunConfig& config);

// The given tiling for an operation: its index in mapping.tiles, or their number when none matches.
std::size_t matching_tiling(const TraceOperation& operation, const MappingParameters& mapping);

}  // namespace lnsim
