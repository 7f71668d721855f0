// A small sweep as sweep.json has it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace lnsim {

inline nlohmann::ordered_json sweep_point(int number, int lanes, int bits, double energy_pj, double cycles,
                                          bool front) {
  return {{"number", number},
          {"parameters", {{"pe.lanes", lanes}, {"formats.weight.bits", bits}}},
          {"metrics", {{"energy_pj", energy_pj}, {"cycles", cycles}}},
          {"objectives", {{"energy_pj", energy_pj}, {"cycles", cycles}}},
          {"front", front},
          {"error", nullptr},
          {"config", {{"name", "a"}}},
          {"energy_pj_by_component", {{"dram", energy_pj}}}};
}

// Three points on the front and one, the last, behind it.
inline nlohmann::ordered_json small_sweep() {
  return {
      {"kind", "sweep"},
      {"name", "small"},
      {"axes",
       {{{"path", "pe.lanes"}, {"values", {8, 16}}}, {{"path", "formats.weight.bits"}, {"values", {4, 8}}}}},
      {"objectives",
       {{{"name", "energy_pj"}, {"goal", "min"}, {"unit", "pJ"}},
        {{"name", "cycles"}, {"goal", "min"}, {"unit", ""}}}},
      {"metrics", {{{"name", "energy_pj"}, {"unit", "pJ"}}, {{"name", "cycles"}, {"unit", ""}}}},
      {"points",
       {sweep_point(0, 8, 4, 1e6, 400, true), sweep_point(1, 8, 8, 2e6, 300, true),
        sweep_point(2, 16, 4, 3e6, 100, true), sweep_point(3, 16, 8, 4e6, 200, false)}},
      {"energy_components", {"dram"}},
      {"provenance", {{"program", "lnsim"}}}};
}

}  // namespace lnsim
