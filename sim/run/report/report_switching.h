// How much of a run's energy comes from its operands, by the energy table's model of lanes, and how good that
// model is.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "sim/run/energy/energy.h"

namespace lnsim {

// For people; empty when the table has no model of the machine's lanes. `macs`: events datapath.mac, all of
// them.
std::string switching_summary(const Energy& energy, std::uint64_t macs, const EnergyCosts& costs);

// Of a layer or a run: `macs` priced from their operands and `macs_by_mean` of the operand class,
// `energy_pj` of the former, `energy_by_mean_pj` what the means come to for the same, their ratio; null when
// the table has no model.
nlohmann::ordered_json switching_json(const Energy& energy, std::uint64_t macs, const EnergyCosts& costs);

// The model: coefficients, error on held-out streams as fractions, source; or null.
nlohmann::ordered_json switching_model_json(const EnergyCosts& costs);

}  // namespace lnsim
