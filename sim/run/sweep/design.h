// A point of the grid that a sweep's axes span.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/run/config/run_config.h"
#include "sim/run/sweep/sweep_file.h"

namespace lnsim {

// Which value of each axis.
using Design = std::vector<std::uint32_t>;

// The designs of a grid are numbered from 0, the last axis fastest.
Design design_of(const SweepFile& sweep, std::uint64_t number);
std::uint64_t number_of(const SweepFile& sweep, const Design& design);

// Designs of a grid or random search, in order of their numbers; those of a random search are different ones.
std::vector<std::uint64_t> searched_numbers(const SweepFile& sweep);

// Path to value, as the sweep file has it.
nlohmann::ordered_json design_parameters(const SweepFile& sweep, const Design& design);

// The base config with the design's values. Throws what read_run_config throws; the place is the base file
// and the values.
RunConfig design_config(const SweepFile& sweep, const YamlDocument& base, const Design& design);

}  // namespace lnsim
