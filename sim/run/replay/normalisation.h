// Normalisation of groups of elements: y = (x - mean) / sqrt(variance + eps) * weight + bias, with the
// group's mean and biased variance. Without parameters weight is 1 and bias 0. See vector_reference.h.
#pragma once

#include <vector>

#include "sim/run/replay/elementwise.h"

namespace lnsim {

std::vector<double> batch_norm_forward(const VectorCall& call);
Gradients batch_norm_backward(const VectorCall& call);
std::vector<double> layer_norm_forward(const VectorCall& call);
Gradients layer_norm_backward(const VectorCall& call);

}  // namespace lnsim
