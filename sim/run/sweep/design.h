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

// A config that stands at `path`, or is a variation of it, with the sweep's energy table where there is one.
// Throws what read_run_config throws.
RunConfig sweep_config(const SweepFile& sweep, const YamlDocument& document,
                       const std::filesystem::path& path);

// The base config's document with the design's values.
YamlDocument design_document(const SweepFile& sweep, const YamlDocument& base, const Design& design);

}  // namespace lnsim
