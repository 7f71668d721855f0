// A lane of the simulator and its Verilated twin, clocked together and compared in every cycle.
//
// The simulator's side is what a PE's lane is made of: the datapath's arithmetic on an accumulator per
// collector entry, and a channel as long as the lane's pipeline that carries the result.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "models/arith/datapath.h"
#include "models/arith/number_format.h"
#include "models/compute/aligned_bytes.h"
#include "sim/base/channel.h"
#include "sim/base/simulation.h"
#include "sim/base/unit.h"
#include "tests/lockstep/lane_parameters.h"
#include "tests/lockstep/lane_stimulus.h"
#include "tests/lockstep/lane_twin.h"

namespace lnsim::lockstep {

// What the run of one lane has met.
struct LaneSeen {
  std::uint64_t cycles = 0;
  std::uint64_t beats = 0;
  std::uint64_t idle = 0;
  std::uint64_t same_entry_again = 0;
  std::uint64_t loads = 0;
  arith::DotCounts counts;
  std::vector<std::vector<bool>> codes_a;  // by element; none where a code has more than 17 bits
  std::vector<std::vector<bool>> codes_b;
  std::string mismatch;  // of the first cycle in which the two differed; the run ends there
};

class LaneLockstep final : public Unit {
 public:
  LaneLockstep(const sc_core::sc_module_name& name, Simulation& simulation, const LaneParameters& parameters,
               LaneTwin& twin, LaneStimulus& stimulus, std::uint64_t cycles);

  const LaneSeen& seen() const { return seen_; }
  void reset() override {}
  std::string state() const override { return {}; }

 protected:
  void step(Cycle now) override;

 private:
  void compare(Cycle now);
  void take(Cycle now, const LaneBeat& beat);
  void load(const LaneLoad& load);
  LaneBits sum_of(std::uint32_t entry) const;
  std::byte* accumulator(std::uint32_t entry) { return accumulators_.data() + entry * entry_bytes_; }
  const std::byte* accumulator(std::uint32_t entry) const {
    return accumulators_.data() + entry * entry_bytes_;
  }
  void pack(const LaneBeat& beat);

  LaneParameters parameters_;
  std::unique_ptr<const arith::NumberFormat> format_a_, format_b_;
  std::unique_ptr<const arith::Datapath> datapath_;
  std::size_t entry_bytes_;
  AlignedBytes a_, b_, accumulators_;
  Channel<LaneOutputs> pipeline_;
  LaneTwin& twin_;
  LaneStimulus& stimulus_;
  LaneInputs inputs_;
  std::uint64_t cycles_;
  std::uint32_t last_entry_ = ~0u;
  LaneSeen seen_;
};

// Runs a lane for so many cycles, or until the first difference.
LaneSeen run_lane(const LaneParameters& parameters, LaneTwin& twin, LaneStimulus& stimulus,
                  std::uint64_t cycles);

}  // namespace lnsim::lockstep
