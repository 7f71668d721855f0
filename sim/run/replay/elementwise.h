// Operators that take every element by itself. See vector_reference.h.
#pragma once

#include <vector>

#include "sim/run/replay/vector_call.h"

namespace lnsim {

using Gradients = std::vector<std::vector<double>>;

std::vector<double> relu_forward(const VectorCall& call);
Gradients relu_backward(const VectorCall& call);
std::vector<double> tanh_forward(const VectorCall& call);
Gradients tanh_backward(const VectorCall& call);
std::vector<double> sigmoid_forward(const VectorCall& call);
Gradients sigmoid_backward(const VectorCall& call);
std::vector<double> silu_forward(const VectorCall& call);
Gradients silu_backward(const VectorCall& call);
std::vector<double> gelu_forward(const VectorCall& call);
Gradients gelu_backward(const VectorCall& call);
std::vector<double> scale_forward(const VectorCall& call);
Gradients scale_backward(const VectorCall& call);

std::vector<double> copy_forward(const VectorCall& call);
std::vector<double> add_forward(const VectorCall& call);
Gradients pass_gradient(const VectorCall& call);  // of copy and add
std::vector<double> mul_forward(const VectorCall& call);
Gradients mul_backward(const VectorCall& call);
std::vector<double> div_forward(const VectorCall& call);
Gradients div_backward(const VectorCall& call);

}  // namespace lnsim
