// What the input ports of a design carry, cycle by cycle.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/arith/switching.h"
#include "tools/characterise/operand_stream.h"
#include "tools/characterise/specification.h"

namespace lnsim::characterise {

struct PortValue {
  std::string port;
  std::vector<std::uint64_t> words;  // bit 0 is bit 0 of words[0]
};

class Stimulus {
 public:
  virtual ~Stimulus() = default;
  // The ports that change, and those that stand still for ever in the first call.
  virtual std::vector<PortValue> next() = 0;
  // What has switched in a lane since its first beat; nothing of other units.
  virtual arith::SwitchingCounts switching() const { return {}; }
};

// A beat in every cycle.
std::unique_ptr<Stimulus> make_lane_stimulus(const DesignParameters& design,
                                             std::unique_ptr<OperandStream> operands);

// Cycles without a beat behind `beats` beats of the stream: operands stand still.
std::unique_ptr<Stimulus> make_idle_stimulus(const DesignParameters& design,
                                             std::unique_ptr<OperandStream> operands, unsigned beats);

// A value in every cycle. Sums have log-normal magnitudes or equally frequent codes. Throws UserError for a
// recorded stream.
std::unique_ptr<Stimulus> make_quantiser_stimulus(const DesignParameters& design,
                                                  const StreamParameters& stream, std::uint64_t seed);

// A parameter in every cycle, for a weight-update lane. Weights and gradients have log-normal magnitudes or
// equally frequent codes; moments are what gradients of another log-normal magnitude leave behind. Constants
// are those of the hundredth step with the default machine's optimizer (our choice). Throws UserError for a
// recorded stream.
std::unique_ptr<Stimulus> make_update_stimulus(const DesignParameters& design, const StreamParameters& stream,
                                               std::uint64_t seed);

// Throws UserError if the stream is recorded.
void refuse_recorded(const DesignParameters& design, const StreamParameters& stream);

}  // namespace lnsim::characterise
