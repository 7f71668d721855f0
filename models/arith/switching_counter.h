// What a family of datapaths brings to LaneSwitching: it knows how its packed operands stand in hardware
// words.
#pragma once

#include <cstddef>

#include "models/arith/switching.h"

namespace lnsim::arith {

class SwitchingCounter {
 public:
  virtual ~SwitchingCounter() = default;

  // A beat as in LaneSwitching::beat; adds to everything but the slots.
  virtual void beat(const std::byte* a, const std::byte* b, unsigned rows,
                    const std::byte* accumulators_before, const std::byte* accumulators_after,
                    SwitchingCounts& counts) = 0;
};

}  // namespace lnsim::arith
