// The values of a sweep's axis.
#pragma once

#include <memory>
#include <vector>

#include "sim/base/yaml_map.h"
#include "sim/run/sweep/sweep_file.h"

namespace lnsim {

// Reads an axis: see sweep_file.h. Nothing, and a line in the report, for what is none.
std::optional<SweepAxis> read_axis(const YamlNode& node, const std::string& path, YamlReport& report);

}  // namespace lnsim
