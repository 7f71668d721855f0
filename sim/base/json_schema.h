// The JSON Schema (draft 2020-12) of a parameter listing, for editors that complete and check YAML.
//
// A schema cannot know the conditions between keys in words a person understands, so it allows the keys of
// all conditions and says in their descriptions when they exist; the reader is stricter.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "sim/base/parameter_list.h"

namespace lnsim {

nlohmann::ordered_json json_schema(const std::vector<ParameterEntry>& parameters, std::string_view title);

}  // namespace lnsim
