// A burst that the DMA unit asks the DRAM for, for those who look on.
#pragma once

#include <cstdint>

namespace lnsim {

struct DramRequest {
  std::uint64_t cycle = 0;  // of the run, in which it is asked for
  bool writes = false;
  std::uint64_t address = 0;  // of the burst's first byte
};

}  // namespace lnsim
