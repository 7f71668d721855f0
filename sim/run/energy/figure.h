// What entries of events and the section of memories have in common: figures and where they are from. Each
// reports every mistake and gives nothing when there was one.
#pragma once

#include <optional>
#include <string>

#include "sim/base/yaml_map.h"
#include "sim/base/yaml_reader.h"
#include "sim/run/energy/event_cost.h"

namespace lnsim {

std::optional<std::string> read_source(YamlMap& map, const YamlMark& mark);

// source, basis and, if given, uncertainty.
std::optional<EventCost> read_provenance(YamlMap& map, const YamlMark& mark);

// pj and its provenance.
std::optional<EventCost> read_figure(YamlMap& map, const YamlMark& mark);

}  // namespace lnsim
