// Counts what switches in the lanes of a PE, beat by beat, beside the arithmetic.
#pragma once

#include <cstddef>

#include "models/arith/datapath.h"
#include "models/arith/switching.h"

namespace lnsim::arith {

class LaneSwitching {
 public:
  // The datapath must outlive it. Lanes begin with zeros in all registers.
  LaneSwitching(const Datapath& datapath, unsigned lanes, unsigned vector_size);

  // A beat as in Datapath::beat: the first `rows` lanes hold packed vectors of `a`, all see the packed vector `b`.
  // accumulators: of the first `rows` lanes, before and behind the beat.
  void beat(const std::byte* a, const std::byte* b, unsigned rows, const std::byte* accumulators_before,
            const std::byte* accumulators_after);

  const SwitchingCounts& counts() const { return counts_; }

 private:
  SwitchingCounts counts_;
};

}  // namespace lnsim::arith
