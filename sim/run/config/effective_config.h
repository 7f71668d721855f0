// The run config as the run used it, for reports.
#pragma once

#include <nlohmann/json.hpp>

#include "sim/run/config/run_config.h"

namespace lnsim {

// Every value that counts, defaults included, with the keys and the order of the config file.
nlohmann::ordered_json effective_config(const RunConfig& config);

}  // namespace lnsim
