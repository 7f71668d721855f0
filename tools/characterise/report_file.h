// A characterisation as a file: every number with what it was found under.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tools/characterise/characterise.h"

namespace lnsim::characterise {

// Units stand in the names of the keys. The key `events` is as in an energy table.
nlohmann::ordered_json characterisation_json(const Characterisation& characterisation);

// The same value in YAML: maps and lists on lines of their own, but for maps of numbers and short texts.
std::string yaml_text(const nlohmann::ordered_json& json);

}  // namespace lnsim::characterise
