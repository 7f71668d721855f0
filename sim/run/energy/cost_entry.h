// One event's entry in an energy table, before a machine is known. The forms are documented in
// sim/run/energy/energy_table.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/yaml_map.h"
#include "sim/base/yaml_reader.h"
#include "sim/run/energy/cost_quantities.h"
#include "sim/run/energy/event_cost.h"
#include "sim/run/energy/sram.h"

namespace lnsim {

struct CostEntry {
  enum class Kind : std::uint8_t { figure, choice, points, sum, sram };

  Kind kind = Kind::figure;
  std::string path;
  YamlMark mark;
  std::vector<std::size_t> times;              // of kCostSizes: factors of whatever the rest gives
  EventCost cost;                              // figure
  std::size_t selector = 0;                    // choice: in kCostChoices; points: in kCostSizes
  std::string value;                           // an entry under a choice: the value it is for
  double at = 0.0;                             // an entry among points: the size it is for
  std::vector<CostEntry> parts;                // choice, sum, points (ascending)
  SramQuantity quantity = SramQuantity::read;  // sram
};

// Reports every mistake; nothing when there was one.
std::optional<CostEntry> read_cost_entry(const YamlNode& node, const std::string& path, YamlReport& report);

// Reports what the entry does not cover; nothing then. `sram`: null when the table has none.
std::optional<EventCost> resolve(const CostEntry& entry, const CostQuantities& quantities,
                                 const SramTable* sram, YamlReport& report);

}  // namespace lnsim
