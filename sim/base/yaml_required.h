// Keys that must be there: without them, nothing and a line in the report.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/base/describe.h"
#include "sim/base/yaml_map.h"

namespace lnsim {

// `mark`: where the map is from, for the message about a missing key. `expected`: what should stand there.
const YamlEntry* required(YamlMap& map, const YamlMark& mark, std::string_view key,
                          std::string_view expected);

// Not blank.
std::string required_text(YamlMap& map, const YamlMark& mark, std::string_view key);
std::optional<std::int64_t> required_integer(YamlMap& map, const YamlMark& mark, std::string_view key,
                                             const IntegerRange& range, std::string_view unit);
std::optional<double> required_real(YamlMap& map, const YamlMark& mark, std::string_view key,
                                    const RealRange& range, std::string_view unit);
std::optional<std::size_t> required_choice(YamlMap& map, const YamlMark& mark, std::string_view key,
                                           ChoiceNames names);

}  // namespace lnsim
