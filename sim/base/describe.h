// How a parameter struct describes itself, once, for everybody who reads it.
//
// A struct of parameters has one member function
//
//     template <class Visitor> void describe(Visitor& v) {
//       v.integer("lanes", lanes, {1, 1024}, "lanes", "Dot products computed side by side in a PE.");
//       v.real("frequency_ghz", frequency_ghz, {0.001, 10}, "GHz", "Clock frequency.");
//       v.boolean("multicast", multicast, "One transfer reaches every PE that needs it.");
//       v.text("table", table, "Path of the energy table, relative to this file.");
//       v.choice("objective", objective, kObjectiveNames, "What the mapper minimises.");
//       v.section("dram", dram, "Off-chip memory.");                        // a nested struct that describes
//       itself v.list("tiles", tiles, "Explicit tilings.");                        // a std::vector of such
//       structs v.when(kind == Kind::lns, "kind: lns", [&] { v.integer(...); });    // keys that exist only
//       then
//     }
//
// and the visitors below give, from that one listing: the reader of run configs (range checks, positions,
// unknown keys with a suggestion), the effective config in the report, the manual, and the JSON Schema. The
// value a member has before reading is its default.
//
// An integer member is any unsigned or signed integral type; ranges are inclusive.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace lnsim {

struct IntegerRange {
  std::int64_t lowest;
  std::int64_t highest;
  bool power_of_two = false;  // only powers of two within the range
};

struct RealRange {
  double lowest;
  double highest;
};

// The names of an enum class whose values count from 0, in order.
using ChoiceNames = std::span<const std::string_view>;

}  // namespace lnsim
