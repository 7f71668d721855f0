// Adam, in single precision between stored codes; one rounding per operation.
//
//   m = fma(1 - momentum, g, momentum m)      v = fma(1 - beta, g^2, beta v)
//   W = fma(-learning_rate, (m / (1 - momentum^step)) / (sqrt(v / (1 - beta^step)) + epsilon), W)
// The new weight is then rounded to its storage format. m and v stand for themselves before they are rounded
// to theirs. State: m, then v.
#pragma once

#include <memory>

#include "models/update/update_rule.h"

namespace lnsim {

// Throws std::invalid_argument unless 0 <= momentum, beta < 1 and epsilon >= 0.
std::unique_ptr<const UpdateRule> make_adam(const OptimizerParameters& parameters,
                                            const UpdateFormats& formats, const UpdateStep& step);

}  // namespace lnsim
