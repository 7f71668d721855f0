// Parameters of run configs by their paths.
#pragma once

#include <string>
#include <vector>

#include "sim/base/parameter_list.h"
#include "sim/base/yaml_map.h"

namespace lnsim {

// Of all parameters that stand alone or in sections, whatever conditions hold; lists are left out.
std::vector<std::string> parameter_paths();
// The same with sections.
std::vector<std::string> settable_paths();

// Reports a value that the parameter can have in no config. Sections are looked at when a config is read.
void check_parameter_value(const YamlNode& value, const std::string& parameter, const std::string& path,
                           YamlReport& report);

}  // namespace lnsim
