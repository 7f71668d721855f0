// Stochastic gradient descent with momentum, in single precision between stored codes.
//
//   m = fma(momentum, m, g)      W = fma(-learning_rate, m, W)
// One rounding per line, then the storage format's own. State: m.
#pragma once

#include <memory>

#include "models/update/update_rule.h"

namespace lnsim {

// Throws std::invalid_argument unless 0 <= momentum < 1.
std::unique_ptr<const UpdateRule> make_sgd(const OptimizerParameters& parameters,
                                           const UpdateFormats& formats, const UpdateStep& step);

}  // namespace lnsim
