// Pictures of a sweep (sweep.json) that need nothing else.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace lnsim {

// Every point over its first two objectives; those on the sweep's front are marked, and a line bounds what
// the points reach. An axis is logarithmic where its values are positive and span more than a factor of
// fifty (our choice). A reference whose objectives are metrics is a cross. Needs two objectives.
std::string sweep_front_svg(const nlohmann::ordered_json& sweep);

// The best value of the first objective over the first two axes of two to forty values (our choice: what a
// page takes), each cell of the points that share both values. Nothing where there are no two such axes.
std::optional<std::string> sweep_heat_map_svg(const nlohmann::ordered_json& sweep);

}  // namespace lnsim
