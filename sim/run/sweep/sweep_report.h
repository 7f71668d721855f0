// The forms of a sweep's result. Equal results give equal bytes.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "sim/run/sweep/outcome.h"

namespace lnsim {

// `kind`: sweep; name, program, axes, objectives, metrics with units, energy_components, points (number,
// parameters, metrics, estimated, objectives, front, error, config, energy_pj_by_component), reference,
// question.
nlohmann::ordered_json sweep_json(const SweepOutcome& outcome);

// A row per point: number, the parameters on the axes, metrics with their units in the names, estimated (0 or
// 1), front (0 or 1), error. The reference is number -1.
std::string sweep_csv(const SweepOutcome& outcome);

// For people: the front, the best by the first objective first, the reference, and what failed.
std::string sweep_table(const SweepOutcome& outcome);

}  // namespace lnsim
