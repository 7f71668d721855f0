// Pooling of the last two extents: x[..., H, W] -> y[..., P, Q], P and Q from the recorded shape of the
// result. See vector_reference.h.
//
//   max_pool, max_pool2d the largest in a window, backward the first such; places beyond the edge are none
//   avg_pool, avg_pool2d the sum over a window divided by its size, places beyond the edge counted as zeros
//   adaptive_avg_pool2d  the mean of rows floor(p H / P) to ceil((p + 1) H / P), columns likewise; without a
//                        recorded shape of all of them
#pragma once

#include <vector>

#include "sim/run/replay/elementwise.h"

namespace lnsim {

std::vector<double> max_pool_forward(const VectorCall& call);
Gradients max_pool_backward(const VectorCall& call);
std::vector<double> avg_pool_forward(const VectorCall& call);
Gradients avg_pool_backward(const VectorCall& call);
std::vector<double> adaptive_avg_pool_forward(const VectorCall& call);
Gradients adaptive_avg_pool_backward(const VectorCall& call);

}  // namespace lnsim
