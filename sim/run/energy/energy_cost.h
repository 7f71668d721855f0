// One event's entry in an energy table, before a machine is known. The forms are documented in
// sim/run/energy/energy_table.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/yaml_map.h"
#include "sim/run/energy/energy_table.h"

namespace lnsim {

// What an entry may depend on. Absent: the event has no such quantity.
struct CostQuantities {
  std::string_view datapath;
  std::string_view optimizer;
  std::optional<std::uint64_t> capacity_bytes;
  std::optional<std::uint64_t> bits;
  std::optional<std::uint64_t> table_entries;
};

struct CostPoint {
  double at = 0.0;
  EventCost cost;
};

struct CostEntry {
  std::string name;  // under by_datapath or by_optimizer: the one it is for
  std::string path;
  YamlMark mark;
  EventCost cost;                 // when nothing below is there
  std::string by;                 // the selector: by_datapath, ...; empty for a plain cost
  std::vector<CostEntry> named;   // by_datapath, by_optimizer
  std::vector<CostPoint> points;  // the others, ascending
};

// Points may be left by so much at either end.
inline constexpr double kCostExtrapolation = 4.0;

// Reports every mistake; nothing when there was one.
std::optional<CostEntry> read_cost_entry(const YamlNode& node, const std::string& path, YamlReport& report);

// Reports what the entry does not cover; nothing then.
std::optional<EventCost> resolve(const CostEntry& entry, const CostQuantities& quantities,
                                 YamlReport& report);

}  // namespace lnsim
