// A characterisation as a file: every number with what it was found under.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tools/characterise/characterise.h"

namespace lnsim::characterise {

// An energy table (configs/energy/README.md) that takes what it does not have from the table `extends`,
// unless that is empty; under `characterisation` everything behind its figures, with units in the names of
// the keys.
nlohmann::ordered_json characterisation_json(const Characterisation& characterisation,
                                             const std::string& extends = "");

// The same value in YAML: maps and lists on lines of their own, but for maps of numbers and short texts.
std::string yaml_text(const nlohmann::ordered_json& json);

}  // namespace lnsim::characterise
