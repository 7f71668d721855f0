// Operators without a product by their definitions, in double precision: what the machine's vector unit makes
// of values on their way from one product to the next. Nothing is rounded here: results are rounded where
// they become operands of a product.
//
//   relu                 max(0, x)
//   add                  sum of operands of one size
//   copy                 the value itself, in C order
//   batch_norm           x[N, C, ...], with mean and biased variance over all but C
//   layer_norm           over the innermost extents that the parameters span, or the last one
//   softmax              over the last extent
//   gelu                 x (1 + erf(x / sqrt 2)) / 2
//   adaptive_avg_pool2d  to one pixel: the mean over the last two extents
//   cross_entropy        mean over rows of log(sum exp x) - x[label]
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
// Of an add with several operands, the gradient that each of them gets.
std::vector<double> vector_backward(std::string_view op, const VectorCall& call);

}  // namespace lnsim
