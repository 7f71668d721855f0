// The C++ twin of a design's lane, beside the gates: counts what switches.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "models/arith/lane_switching.h"
#include "models/compute/aligned_bytes.h"
#include "tools/characterise/operand_stream.h"

namespace lnsim::characterise {

class TwinLane {
 public:
  explicit TwinLane(const DesignParameters& design);

  // The beat of `entry` of the hold.
  void beat(const Hold& hold, unsigned entry);

  const arith::SwitchingCounts& switching() const { return switching_.counts(); }

 private:
  std::byte* sum_of(unsigned entry) { return sums_.data() + entry * sum_bytes_; }

  unsigned size_;
  std::unique_ptr<const arith::NumberFormat> format_a_, format_b_;
  std::unique_ptr<const arith::Datapath> datapath_;
  arith::LaneSwitching switching_;
  arith::DotCounts dots_;
  std::size_t sum_bytes_;
  AlignedBytes a_, b_, sums_, before_;
};

}  // namespace lnsim::characterise
