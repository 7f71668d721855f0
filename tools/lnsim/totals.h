// How commands that make a trace say what is in it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "sim/run/trace/trace_totals.h"

namespace lnsim {

// A row per pass with its products and multiply-accumulates.
std::string totals_table(const TraceTotals& totals);

// `macs` and `products` by pass, `updated_parameters`, `updated_values`.
nlohmann::ordered_json totals_json(const TraceTotals& totals);

}  // namespace lnsim
