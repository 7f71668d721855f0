// The numeric part of a report: what rounding and the datapath did to recorded values.
#pragma once

#include <nlohmann/json.hpp>

#include "sim/run/iteration.h"
#include "sim/run/report/report.h"

namespace lnsim {

nlohmann::ordered_json numeric_json(const NumericReport& report, NumericDetail detail);
nlohmann::ordered_json numeric_json(const UpdateReport& report, NumericDetail detail);

// Of a chain: an object per operand that a product or update takes, with `from` (`simulated` or `recorded`)
// and `because`.
nlohmann::ordered_json origins_json(const std::vector<OperandOrigin>& origins);

// Of the whole chain: how many operands the machine made and how many are recorded, and where it was cut.
nlohmann::ordered_json chain_json(const IterationResult& result);

}  // namespace lnsim
