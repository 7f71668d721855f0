#include "sim/run/replay/vector_reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "sim/run/replay/normalisation.h"

namespace lnsim {
namespace {

using Values = std::vector<double>;

Values relu_forward(const VectorCall& call) {
  Values y = only_operand(call);
  for (double& value : y) value = std::max(value, 0.0);
  return y;
}

Values relu_backward(const VectorCall& call) {
  const Values& x = only_operand(call);
  Values dx = call.gradient;
  for (std::size_t i = 0; i < dx.size(); ++i) dx[i] = x[i] > 0 ? dx[i] : 0.0;
  return dx;
}

Values add_forward(const VectorCall& call) {
  Values sum(call.operands.front().size());
  for (const Values& operand : call.operands) {
    need(operand.size() == sum.size(), "operands of different sizes");
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += operand[i];
  }
  return sum;
}

Values copy_forward(const VectorCall& call) {
  return only_operand(call);
}

Values pass_gradient(const VectorCall& call) {
  return call.gradient;
}

Values softmax_forward(const VectorCall& call) {
  Values y = only_operand(call);
  const std::size_t row = last_extent(call);
  for (auto first = y.begin(); first != y.end(); first += static_cast<std::ptrdiff_t>(row)) {
    const auto end = first + static_cast<std::ptrdiff_t>(row);
    const double largest = *std::max_element(first, end);
    double sum = 0;
    for (auto value = first; value != end; ++value) sum += * value = std::exp(*value - largest);
    for (auto value = first; value != end; ++value) *value /= sum;
  }
  return y;
}

Values softmax_backward(const VectorCall& call) {
  const Values y = softmax_forward(call);
  const std::size_t row = last_extent(call);
  Values dx(y.size());
  for (std::size_t first = 0; first < y.size(); first += row) {
    double sum = 0;
    for (std::size_t i = first; i < first + row; ++i) sum += y[i] * call.gradient[i];
    for (std::size_t i = first; i < first + row; ++i) dx[i] = y[i] * (call.gradient[i] - sum);
  }
  return dx;
}

double normal_distribution(double x) {
  return 0.5 * (1.0 + std::erf(x / std::numbers::sqrt2));
}

Values gelu_forward(const VectorCall& call) {
  Values y = only_operand(call);
  for (double& value : y) value *= normal_distribution(value);
  return y;
}

Values gelu_backward(const VectorCall& call) {
  const Values& x = only_operand(call);
  Values dx = call.gradient;
  for (std::size_t i = 0; i < dx.size(); ++i) {
    const double density = std::exp(-0.5 * x[i] * x[i]) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
    dx[i] *= normal_distribution(x[i]) + x[i] * density;
  }
  return dx;
}

std::size_t plane(const VectorCall& call) {
  need(call.shape.size() >= 2, "fewer than two extents");
  return extents_from(call, call.shape.size() - 2);
}

Values average_forward(const VectorCall& call) {
  const Values& x = only_operand(call);
  const std::size_t pixels = plane(call);
  Values y(x.size() / pixels);
  for (std::size_t i = 0; i < x.size(); ++i) y[i / pixels] += x[i] / static_cast<double>(pixels);
  return y;
}

Values average_backward(const VectorCall& call) {
  const std::size_t pixels = plane(call);
  Values dx(only_operand(call).size());
  need(call.gradient.size() * pixels == dx.size(), "more than one pixel of result");
  for (std::size_t i = 0; i < dx.size(); ++i) dx[i] = call.gradient[i / pixels] / static_cast<double>(pixels);
  return dx;
}

// The class of each row.
std::vector<std::size_t> labels_of(const VectorCall& call) {
  const std::size_t classes = last_extent(call);
  need(call.parameters.size() == 1 && call.parameters.front().size() * classes == only_operand(call).size(),
       "no label for every row");
  std::vector<std::size_t> labels;
  for (const double label : call.parameters.front()) {
    need(label >= 0 && label < static_cast<double>(classes) && label == std::floor(label),
         fmt::format("a label {} of {} classes", label, classes));
    labels.push_back(static_cast<std::size_t>(label));
  }
  return labels;
}

Values cross_entropy_forward(const VectorCall& call) {
  const std::vector<std::size_t> labels = labels_of(call);
  const Values& x = only_operand(call);
  const auto classes = static_cast<std::ptrdiff_t>(last_extent(call));
  double loss = 0;
  auto first = x.begin();
  for (const std::size_t label : labels) {
    const double largest = *std::max_element(first, first + classes);
    double sum = 0;
    for (auto value = first; value != first + classes; ++value) sum += std::exp(*value - largest);
    loss += largest + std::log(sum) - first[static_cast<std::ptrdiff_t>(label)];
    first += classes;
  }
  return {loss / static_cast<double>(labels.size())};
}

Values cross_entropy_backward(const VectorCall& call) {
  const std::vector<std::size_t> labels = labels_of(call);
  need(call.gradient.size() <= 1, "more than one gradient of a mean");
  const double scale =
      (call.gradient.empty() ? 1.0 : call.gradient.front()) / static_cast<double>(labels.size());
  Values dx = softmax_forward(call);
  for (std::size_t row = 0; row < labels.size(); ++row) dx[row * last_extent(call) + labels[row]] -= 1.0;
  for (double& value : dx) value *= scale;
  return dx;
}

struct Reference {
  std::string_view op;
  Values (*forward)(const VectorCall&);
  Values (*backward)(const VectorCall&);
  bool elementwise;  // the gradient has the size of the operands
};
constexpr std::array kReferences{
    Reference{"relu", relu_forward, relu_backward, true},
    Reference{"add", add_forward, pass_gradient, true},
    Reference{"copy", copy_forward, pass_gradient, true},
    Reference{"batch_norm", batch_norm_forward, batch_norm_backward, true},
    Reference{"layer_norm", layer_norm_forward, layer_norm_backward, true},
    Reference{"softmax", softmax_forward, softmax_backward, true},
    Reference{"gelu", gelu_forward, gelu_backward, true},
    Reference{"adaptive_avg_pool2d", average_forward, average_backward, false},
    Reference{"cross_entropy", cross_entropy_forward, cross_entropy_backward, false},
};

const Reference* find(std::string_view op) {
  const auto row = std::find_if(kReferences.begin(), kReferences.end(),
                                [&](const Reference& reference) { return reference.op == op; });
  return row == kReferences.end() ? nullptr : &*row;
}

const Reference& checked(std::string_view op, const VectorCall& call) {
  const Reference* reference = find(op);
  need(reference != nullptr, fmt::format("{} is not computed", op));
  need(!call.operands.empty(), "no operand");
  const std::size_t elements = extents_from(call, 0);
  need(call.operands.front().size() == elements,
       fmt::format("an operand of {} elements instead of {}", call.operands.front().size(), elements));
  return *reference;
}

}  // namespace

std::vector<double> vector_forward(std::string_view op, const VectorCall& call) {
  return checked(op, call).forward(call);
}

std::vector<double> vector_backward(std::string_view op, const VectorCall& call) {
  const Reference& reference = checked(op, call);
  need(!reference.elementwise || call.gradient.size() == call.operands.front().size(),
       fmt::format("a gradient of {} elements instead of {}", call.gradient.size(),
                   call.operands.front().size()));
  return reference.backward(call);
}

}  // namespace lnsim
