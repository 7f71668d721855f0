// Operands that a training run recorded, quantised by the simulator's own quantiser.
#pragma once

#include <vector>

#include "models/arith/number_format.h"

namespace lnsim::lockstep {

// The codes of the first operands (or, for `second`, of the second ones) of the products of
// traces/digits-cnn.jsonl in its three passes, each tensor at its own scale; up to a few ten thousand.
std::vector<arith::Code> recorded_codes(const arith::NumberFormat& format, bool second);

}  // namespace lnsim::lockstep
