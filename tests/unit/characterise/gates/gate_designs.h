// The designs that the build synthesises from models/rtl for these tests.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "tools/characterise/gates/liberty.h"
#include "tools/characterise/gates/mapped_design.h"

namespace lnsim::gates {

inline Library osu018() {
  const std::filesystem::path file = OSU018_LIBERTY;
  return read_liberty({&file, 1});
}

inline std::filesystem::path gate_design_file(const std::string& name) {
  return std::filesystem::path(GATE_DESIGNS) / name;
}

inline MappedDesign gate_design(const std::string& top, const Library& library) {
  const std::filesystem::path file = gate_design_file(top + ".json");
  return {library, read_netlist(file), file};
}

// Inputs that make a design work rather than stand in reset, as random_stimulus takes them.
inline std::map<std::string, std::uint64_t> working_inputs() {
  return {{"reset", 0}, {"in_valid", 1}, {"in_first", 0}, {"load_valid", 0}, {"padding", 0}};
}

}  // namespace lnsim::gates
