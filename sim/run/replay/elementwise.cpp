#include "sim/run/replay/elementwise.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lnsim {
namespace {

using Values = std::vector<double>;

template <class F>
Values each(const VectorCall& call, const F& function) {
  Values y = only_operand(call);
  for (double& value : y) value = function(value);
  return y;
}

// The gradient of a function whose derivative at x is `slope`.
template <class F>
Gradients times_slope(const VectorCall& call, const F& slope) {
  const Values& x = only_operand(call);
  Values dx = call.gradient;
  for (std::size_t i = 0; i < dx.size(); ++i) dx[i] *= slope(x[i]);
  return {dx};
}

double logistic(double x) {
  return 1.0 / (1.0 + std::exp(-x));
}

double normal_distribution(double x) {
  return 0.5 * (1.0 + std::erf(x / std::numbers::sqrt2));
}

double normal_density(double x) {
  return std::exp(-0.5 * x * x) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
}

const Values& factors(const VectorCall& call) {
  need(call.parameters.size() == 1 && call.parameters.front().size() == only_operand(call).size(),
       "no factor for every element");
  return call.parameters.front();
}

void need_two(const VectorCall& call) {
  need(call.operands.size() == 2 && call.operands[0].size() == call.operands[1].size(),
       "not two operands of one size");
}

}  // namespace

Values relu_forward(const VectorCall& call) {
  return each(call, [](double x) { return std::max(x, 0.0); });
}
Gradients relu_backward(const VectorCall& call) {
  return times_slope(call, [](double x) { return x > 0 ? 1.0 : 0.0; });
}

Values tanh_forward(const VectorCall& call) {
  return each(call, [](double x) { return std::tanh(x); });
}
Gradients tanh_backward(const VectorCall& call) {
  return times_slope(call, [](double x) { return 1.0 - std::tanh(x) * std::tanh(x); });
}

Values sigmoid_forward(const VectorCall& call) {
  return each(call, logistic);
}
Gradients sigmoid_backward(const VectorCall& call) {
  return times_slope(call, [](double x) { return logistic(x) * logistic(-x); });
}

Values silu_forward(const VectorCall& call) {
  return each(call, [](double x) { return x * logistic(x); });
}
Gradients silu_backward(const VectorCall& call) {
  return times_slope(call, [](double x) { return logistic(x) * (1.0 + x * logistic(-x)); });
}

Values gelu_forward(const VectorCall& call) {
  return each(call, [](double x) { return x * normal_distribution(x); });
}
Gradients gelu_backward(const VectorCall& call) {
  return times_slope(call, [](double x) { return normal_distribution(x) + x * normal_density(x); });
}

Values scale_forward(const VectorCall& call) {
  Values y = only_operand(call);
  for (std::size_t i = 0; i < y.size(); ++i) y[i] *= factors(call)[i];
  return y;
}
Gradients scale_backward(const VectorCall& call) {
  Values dx = call.gradient;
  for (std::size_t i = 0; i < dx.size(); ++i) dx[i] *= factors(call)[i];
  return {dx};
}

Values copy_forward(const VectorCall& call) {
  return only_operand(call);
}

Values add_forward(const VectorCall& call) {
  Values sum(call.operands.front().size());
  for (const Values& operand : call.operands) {
    need(operand.size() == sum.size(), "operands of different sizes");
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += operand[i];
  }
  return sum;
}

Gradients pass_gradient(const VectorCall& call) {
  return Gradients(call.operands.size(), call.gradient);
}

Values mul_forward(const VectorCall& call) {
  need_two(call);
  Values y = call.operands[0];
  for (std::size_t i = 0; i < y.size(); ++i) y[i] *= call.operands[1][i];
  return y;
}
Gradients mul_backward(const VectorCall& call) {
  need_two(call);
  Gradients gradients(2, call.gradient);
  for (std::size_t i = 0; i < call.gradient.size(); ++i) {
    gradients[0][i] *= call.operands[1][i];
    gradients[1][i] *= call.operands[0][i];
  }
  return gradients;
}

Values div_forward(const VectorCall& call) {
  need_two(call);
  Values y = call.operands[0];
  for (std::size_t i = 0; i < y.size(); ++i) y[i] /= call.operands[1][i];
  return y;
}
Gradients div_backward(const VectorCall& call) {
  need_two(call);
  Gradients gradients(2, call.gradient);
  for (std::size_t i = 0; i < call.gradient.size(); ++i) {
    const double a = call.operands[0][i], b = call.operands[1][i];
    gradients[0][i] /= b;
    gradients[1][i] *= -a / (b * b);
  }
  return gradients;
}

}  // namespace lnsim
