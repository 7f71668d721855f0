// The lines of a manifest as JSON objects: what write_trace writes.
#pragma once

#include <nlohmann/json.hpp>

#include "sim/run/trace/trace.h"

namespace lnsim {

nlohmann::ordered_json header_json(const TraceHeader& header);
nlohmann::ordered_json operation_json(const TraceOperation& operation);

}  // namespace lnsim
