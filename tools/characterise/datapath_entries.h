// What comparisons of datapaths read out of a characterisation.
#pragma once

#include <nlohmann/json.hpp>

#include "tools/characterise/characterise.h"

namespace lnsim::characterise {

// The key `datapaths` of sim/run/compare/characterised.h: energy and area of the same lanes by block,
// accumulation, clock and leakage included.
nlohmann::ordered_json datapath_entries(const Characterisation& characterisation);

}  // namespace lnsim::characterise
