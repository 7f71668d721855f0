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

// A value or a parameter in every cycle. Sums have log-normal magnitudes or equally frequent codes; so have
// weights and gradients, and second moments are what gradients of the same distribution leave behind. Throws
// UserError for a recorded stream.
std::unique_ptr<Stimulus> make_quantiser_stimulus(const DesignParameters& design,
                                                  const StreamParameters& stream, std::uint64_t seed);
std::unique_ptr<Stimulus> make_madam_stimulus(const DesignParameters& design, const StreamParameters& stream,
                                              std::uint64_t seed);

}  // namespace lnsim::characterise
