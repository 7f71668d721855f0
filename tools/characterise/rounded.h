// Numbers for files that people read.
#pragma once

#include <fmt/format.h>

#include <string>

namespace lnsim::characterise {

// To five significant digits: simulation is not more precise than that.
inline double rounded(double value) {
  return std::stod(fmt::format("{:.5g}", value));
}

}  // namespace lnsim::characterise
