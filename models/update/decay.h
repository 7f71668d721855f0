// Constants of an exponential moving average.
#pragma once

#include <cstdint>

#include "models/arith/wide_sum.h"

namespace lnsim {

// 1 - beta^step, the bias correction, with an absolute error below step * 2^-126; none for step 1. Throws
// std::invalid_argument unless 0 <= beta < 1 and step >= 1.
arith::Normalised one_minus_power(double beta, std::int64_t step);

}  // namespace lnsim
