// A run config: the machine, how work is mapped onto it, and the energy table. One YAML file.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "models/parameters.h"
#include "sim/run/compile/mapping.h"

namespace lnsim {

// What a zero operand does to the multiplier slot that it meets.
enum class ZeroGating : std::uint8_t { off, slot };
inline constexpr std::array<std::string_view, 2> kZeroGatingNames{"off", "slot"};

struct RunConfig {
  AcceleratorParameters machine;  // its sections stand at the top level of the file
  MappingParameters mapping;
  ZeroGating zero_gating = ZeroGating::off;
  std::string energy_table;  // path relative to the config file

  template <class Visitor>
  void describe(Visitor& v) {
    machine.describe(v);
    v.section("mapping", mapping, "Mapper.");
    v.choice("zero_gating", zero_gating, kZeroGatingNames,
             "slot: a zero operand holds the registers of its multiplier slot, which then costs what an idle "
             "one does; with recorded operands, cycles as without (our choice: off).");
    v.text("energy_table", energy_table, "Energy table, a path relative to this file.");
  }
};

// Throws UserError with every mistake in the file: unknown keys, wrong types, values out of range, formats
// that the datapath cannot take.
RunConfig read_run_config(const std::filesystem::path& path);

}  // namespace lnsim
