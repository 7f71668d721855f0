// How tables and messages call a datapath.
#pragma once

#include <string>

#include "models/arith/datapath.h"

namespace lnsim {

inline std::string datapath_name(arith::DatapathKind kind) {
  return std::string(arith::kDatapathKindNames[static_cast<std::size_t>(kind)]);
}

}  // namespace lnsim
