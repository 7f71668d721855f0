#include "sim/run/replay/vector_reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/run/replay/elementwise.h"
#include "sim/run/replay/normalisation.h"
#include "sim/run/replay/pooling.h"

namespace lnsim {
namespace {

using Values = std::vector<double>;

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

Gradients softmax_backward(const VectorCall& call) {
  const Values y = softmax_forward(call);
  const std::size_t row = last_extent(call);
  Values dx(y.size());
  for (std::size_t first = 0; first < y.size(); first += row) {
    double sum = 0;
    for (std::size_t i = first; i < first + row; ++i) sum += y[i] * call.gradient[i];
    for (std::size_t i = first; i < first + row; ++i) dx[i] = y[i] * (call.gradient[i] - sum);
  }
  return {dx};
}

// log(sum exp x) of a row.
double log_sum(const double* first, std::size_t row) {
  const double largest = *std::max_element(first, first + row);
  double sum = 0;
  for (std::size_t i = 0; i < row; ++i) sum += std::exp(first[i] - largest);
  return largest + std::log(sum);
}

Values log_softmax_forward(const VectorCall& call) {
  Values y = only_operand(call);
  const std::size_t row = last_extent(call);
  for (std::size_t first = 0; first < y.size(); first += row) {
    const double sum = log_sum(y.data() + first, row);
    for (std::size_t i = first; i < first + row; ++i) y[i] -= sum;
  }
  return y;
}

Gradients log_softmax_backward(const VectorCall& call) {
  const Values probability = softmax_forward(call);
  const std::size_t row = last_extent(call);
  Values dx = call.gradient;
  for (std::size_t first = 0; first < dx.size(); first += row) {
    double sum = 0;
    for (std::size_t i = first; i < first + row; ++i) sum += call.gradient[i];
    for (std::size_t i = first; i < first + row; ++i) dx[i] -= probability[i] * sum;
  }
  return {dx};
}

// The numbers of rows that an embedding takes.
std::vector<std::size_t> rows_taken(const VectorCall& call) {
  const std::size_t width = last_extent(call);
  const std::size_t rows = only_operand(call).size() / width;
  need(call.parameters.size() == 1 && call.parameters.front().size() * width == extents_from(call, 0),
       "no number for every row of the result");
  std::vector<std::size_t> numbers;
  for (const double number : call.parameters.front()) {
    need(number >= 0 && number < static_cast<double>(rows) && number == std::floor(number),
         fmt::format("row {} of {}", number, rows));
    numbers.push_back(static_cast<std::size_t>(number));
  }
  return numbers;
}

Values embedding_forward(const VectorCall& call) {
  const std::size_t width = last_extent(call);
  Values y;
  for (const std::size_t row : rows_taken(call)) {
    const auto first = only_operand(call).begin() + static_cast<std::ptrdiff_t>(row * width);
    y.insert(y.end(), first, first + static_cast<std::ptrdiff_t>(width));
  }
  return y;
}

Gradients embedding_backward(const VectorCall& call) {
  const std::size_t width = last_extent(call);
  const std::vector<std::size_t> rows = rows_taken(call);
  need(call.gradient.size() == rows.size() * width, "a gradient of another size than the result");
  Values dw(only_operand(call).size());
  for (std::size_t i = 0; i < call.gradient.size(); ++i)
    dw[rows[i / width] * width + i % width] += call.gradient[i];
  return {dw};
}

// The gradient of a loss, 1 where nothing takes the loss.
double of_loss(const VectorCall& call) {
  need(call.gradient.size() <= 1, "more than one gradient of a mean");
  return call.gradient.empty() ? 1.0 : call.gradient.front();
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
  const double* row = only_operand(call).data();
  double loss = 0;
  for (const std::size_t label : labels) {
    loss += log_sum(row, last_extent(call)) - row[label];
    row += last_extent(call);
  }
  return {loss / static_cast<double>(labels.size())};
}

Gradients cross_entropy_backward(const VectorCall& call) {
  const std::vector<std::size_t> labels = labels_of(call);
  const double scale = of_loss(call) / static_cast<double>(labels.size());
  Values dx = softmax_forward(call);
  for (std::size_t row = 0; row < labels.size(); ++row) dx[row * last_extent(call) + labels[row]] -= 1.0;
  for (double& value : dx) value *= scale;
  return {dx};
}

Values nll_forward(const VectorCall& call) {
  const std::vector<std::size_t> labels = labels_of(call);
  double loss = 0;
  for (std::size_t row = 0; row < labels.size(); ++row)
    loss -= only_operand(call)[row * last_extent(call) + labels[row]];
  return {loss / static_cast<double>(labels.size())};
}

Gradients nll_backward(const VectorCall& call) {
  const std::vector<std::size_t> labels = labels_of(call);
  Values dx(only_operand(call).size());
  for (std::size_t row = 0; row < labels.size(); ++row)
    dx[row * last_extent(call) + labels[row]] = -of_loss(call) / static_cast<double>(labels.size());
  return {dx};
}

Values mse_forward(const VectorCall& call) {
  need(call.operands.size() == 2 && call.operands[0].size() == call.operands[1].size(),
       "not two operands of one size");
  double loss = 0;
  for (std::size_t i = 0; i < call.operands[0].size(); ++i)
    loss += std::pow(call.operands[0][i] - call.operands[1][i], 2);
  return {loss / static_cast<double>(call.operands[0].size())};
}

Gradients mse_backward(const VectorCall& call) {
  mse_forward(call);  // for its checks
  Gradients gradients(2, Values(call.operands[0].size()));
  for (std::size_t i = 0; i < call.operands[0].size(); ++i) {
    const double difference = call.operands[0][i] - call.operands[1][i];
    gradients[0][i] = 2 * of_loss(call) * difference / static_cast<double>(call.operands[0].size());
    gradients[1][i] = -gradients[0][i];
  }
  return gradients;
}

enum class Gradient { as_operand, other };  // the size of the result's
struct Reference {
  std::string_view op;
  Values (*forward)(const VectorCall&);
  Gradients (*backward)(const VectorCall&);
  Gradient gradient = Gradient::as_operand;
};
constexpr std::array kReferences{
    Reference{"relu", relu_forward, relu_backward},
    Reference{"tanh", tanh_forward, tanh_backward},
    Reference{"sigmoid", sigmoid_forward, sigmoid_backward},
    Reference{"silu", silu_forward, silu_backward},
    Reference{"gelu", gelu_forward, gelu_backward},
    Reference{"add", add_forward, pass_gradient},
    Reference{"mul", mul_forward, mul_backward},
    Reference{"div", div_forward, div_backward},
    Reference{"copy", copy_forward, pass_gradient},
    Reference{"dropout", scale_forward, scale_backward},
    Reference{"scale", scale_forward, scale_backward},
    Reference{"batch_norm", batch_norm_forward, batch_norm_backward},
    Reference{"layer_norm", layer_norm_forward, layer_norm_backward},
    Reference{"softmax", softmax_forward, softmax_backward},
    Reference{"log_softmax", log_softmax_forward, log_softmax_backward},
    Reference{"max_pool2d", max_pool_forward, max_pool_backward, Gradient::other},
    Reference{"max_pool", max_pool_forward, max_pool_backward, Gradient::other},
    Reference{"avg_pool", avg_pool_forward, avg_pool_backward, Gradient::other},
    Reference{"avg_pool2d", avg_pool_forward, avg_pool_backward, Gradient::other},
    Reference{"adaptive_avg_pool2d", adaptive_avg_pool_forward, adaptive_avg_pool_backward, Gradient::other},
    Reference{"embedding", embedding_forward, embedding_backward, Gradient::other},
    Reference{"cross_entropy", cross_entropy_forward, cross_entropy_backward, Gradient::other},
    Reference{"nll_loss", nll_forward, nll_backward, Gradient::other},
    Reference{"mse_loss", mse_forward, mse_backward, Gradient::other},
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
  if (op == "embedding") return *reference;  // its shape is that of the result
  const std::size_t elements = extents_from(call, 0);
  need(call.operands.front().size() == elements,
       fmt::format("an operand of {} elements instead of {}", call.operands.front().size(), elements));
  return *reference;
}

}  // namespace

std::vector<double> vector_forward(std::string_view op, const VectorCall& call) {
  return checked(op, call).forward(call);
}

Gradients vector_backward(std::string_view op, const VectorCall& call) {
  const Reference& reference = checked(op, call);
  need(reference.gradient == Gradient::other || call.gradient.size() == call.operands.front().size(),
       fmt::format("a gradient of {} elements instead of {}", call.gradient.size(),
                   call.operands.front().size()));
  return reference.backward(call);
}

}  // namespace lnsim
