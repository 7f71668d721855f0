// Libraries and files written in tests.
#pragma once

#include <filesystem>
#include <string>

#include "tests/unit/base/scratch_file.h"
#include "tools/characterise/gates/liberty.h"

namespace lnsim::gates {

// The units and conditions that every library must state, 1 V, ns, pF and uW.
inline const std::string kHeader = R"(
  time_unit : "1ns"; capacitive_load_unit (1, pf); voltage_unit : "1V"; leakage_power_unit : "1uW";
  nom_voltage : 1.0; nom_temperature : 25;
)";

inline Library read_library(const std::string& text) {
  const ScratchFile file(text);
  const std::filesystem::path path = file.path();
  return read_liberty({&path, 1});
}

inline Library library_of(const std::string& groups) {
  return read_library("library (test) {" + kHeader + groups + "}\n");
}

// What reading says, without the file's name; empty when it is content.
inline std::string complaint_about(const std::string& text) {
  const ScratchFile file(text);
  const std::filesystem::path path = file.path();
  try {
    read_liberty({&path, 1});
    return "";
  } catch (const UserError& error) {
    return std::string(error.what()).substr(path.generic_string().size());
  }
}

}  // namespace lnsim::gates
