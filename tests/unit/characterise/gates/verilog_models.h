// Verilog for a second simulator: the cells of a library as GateSimulation takes them, written from their
// Liberty expressions and not from its tables.
#pragma once

#include <string>

#include "tools/characterise/gates/liberty_library.h"

namespace lnsim::gates {

enum class Paths {
  kNone,
  kSpecified
};  // with a specify block of delays that an SDF file then fills, or without

std::string verilog_models(const Library& library, Paths paths);

}  // namespace lnsim::gates
