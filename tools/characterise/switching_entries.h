// Data-dependent models for energy tables (configs/energy/README.md) out of a characterisation.
#pragma once

#include <nlohmann/json.hpp>

#include "tools/characterise/characterise.h"

namespace lnsim::characterise {

// The key `switching` of a table: a model for each lane that stands for its datapath. Empty without such a
// lane or without held-out streams, by which a model is judged.
nlohmann::ordered_json switching_entries(const Characterisation& characterisation);

}  // namespace lnsim::characterise
