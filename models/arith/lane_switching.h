// Counts what switches in the lanes of a PE, beat by beat, beside the arithmetic.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "models/arith/datapath.h"
#include "models/arith/switching.h"
#include "models/arith/switching_counter.h"

namespace lnsim::arith {

class LaneSwitching {
 public:
  // The datapath must outlive it. Lanes begin with zeros in all registers.
  LaneSwitching(const Datapath& datapath, unsigned lanes, unsigned vector_size)
      : counter_(datapath.switching_counter(lanes, vector_size)),
        slots_(std::uint64_t{lanes} * vector_size) {}

  // A beat as in Datapath::beat: the first `rows` lanes hold packed vectors of `a`, all see the packed vector
  // `b`. accumulators: of the first `rows` lanes, before the beat, cleared where a sum begins, and behind it.
  void beat(const std::byte* a, const std::byte* b, unsigned rows, const std::byte* accumulators_before,
            const std::byte* accumulators_after) {
    counts_[Switching::slots] += slots_;
    counter_->beat(a, b, rows, accumulators_before, accumulators_after, counts_);
  }

  const SwitchingCounts& counts() const { return counts_; }

 private:
  std::unique_ptr<SwitchingCounter> counter_;
  std::uint64_t slots_;  // of a beat
  SwitchingCounts counts_;
};

}  // namespace lnsim::arith
