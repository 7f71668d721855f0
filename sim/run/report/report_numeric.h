// The numeric part of a report: what rounding and the datapath did to recorded values.
#pragma once

#include <nlohmann/json.hpp>

#include "sim/run/replay/replay.h"
#include "sim/run/replay/update_replay.h"

namespace lnsim {

nlohmann::ordered_json numeric_json(const NumericReport& report);
nlohmann::ordered_json numeric_json(const UpdateReport& report);

}  // namespace lnsim
