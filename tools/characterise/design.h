// A design in Verilog: a module of models/rtl with the parameters that its C++ twin would have, between the
// registers that feed it, and which of its cells belong to which block.
//
// Instrumentation (counts of products, losses, saturations) is left unconnected, so that synthesis removes
// it, and so are the ports that restore partial sums.
#pragma once

#include <string>
#include <vector>

#include "tools/characterise/specification.h"

namespace lnsim::characterise {

// The cells whose flattened names match belong to the block; of several rules the last one counts. `*` and
// `?` as in a shell.
struct BlockRule {
  std::string block, cells;
};

struct Design {
  std::string top;
  std::string verilog;  // of the top module
  std::vector<BlockRule> rules;
};

// What stands in registers that no rule names.
inline constexpr const char* kRegisters = "registers";
// Of these the accumulation collector consists; all other blocks of a lane make the products of a beat.
inline constexpr const char* kAccumulate = "accumulate";
inline constexpr const char* kCollector = "collector";
// The register of the streamed operand, which the lanes of a PE share.
inline constexpr const char* kSharedOperand = "shared_operand";

// Throws UserError, without a position, for parameters that the RTL does not have.
Design make_design(const DesignParameters& parameters);

}  // namespace lnsim::characterise
