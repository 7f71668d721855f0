// Operators without a product by their definitions, in double precision: what the machine's vector unit makes
// of values on their way from one product to the next. Nothing is rounded here: results are rounded where
// they become operands of a product.
//
//   relu, tanh, sigmoid  max(0, x), tanh x, 1 / (1 + exp -x)
//   silu                 x / (1 + exp -x)
//   gelu                 x (1 + erf(x / sqrt 2)) / 2
//   add                  sum of operands of one size
//   mul, div             product and quotient of two operands of one size
//   copy                 the value itself, in C order
//   dropout, scale       x times the recorded factor of each element
//   batch_norm           x[N, C, ...], with mean and biased variance over all but C
//   layer_norm           over the innermost extents that the parameters span, or the last one
//   softmax, log_softmax over the last extent
//   max_pool, avg_pool, max_pool2d, avg_pool2d, adaptive_avg_pool2d: pooling.h
//   embedding            rows of the operand, by the recorded numbers
//   cross_entropy        mean over rows of log(sum exp x) - x[label]
//   nll_loss             mean over rows of -x[label]
//   mse_loss             mean of (a - b)^2
//
// Backward: the derivative by each operand, times the gradient of the result (of a loss without one: 1).
#pragma once

#include <string_view>
#include <vector>

#include "sim/run/replay/vector_call.h"

namespace lnsim {

// Throw std::invalid_argument, with what is wrong, for an operator that is not one of those above and for
// operands, parameters or gradients whose number or size do not belong together.
std::vector<double> vector_forward(std::string_view op, const VectorCall& call);
// The gradient of every operand, and of normalisations also those of weight and bias, if they have them.
std::vector<std::vector<double>> vector_backward(std::string_view op, const VectorCall& call);

}  // namespace lnsim
