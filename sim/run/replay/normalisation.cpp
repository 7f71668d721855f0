#include "sim/run/replay/normalisation.h"

#include <cmath>

namespace lnsim {
namespace {

using Values = std::vector<double>;

// The groups, and where their elements lie: `outer` runs of `inner` elements each, `count` runs apart.
struct Groups {
  std::size_t count, outer, inner;
  std::size_t size() const { return outer * inner; }
  std::size_t at(std::size_t group, std::size_t i) const {
    return (i / inner * count + group) * inner + i % inner;
  }
};

Groups channels(const VectorCall& call) {
  need(call.shape.size() >= 2, "fewer than two extents");
  return {extent(call, 1), extent(call, 0), extents_from(call, 2)};
}

Groups rows_of(std::size_t elements, std::size_t row) {
  need(row != 0 && elements % row == 0, "parameters that do not span the innermost extents");
  return {elements / row, 1, row};
}

// Mean and 1 / sqrt(variance + epsilon) of a group.
struct Moments {
  double mean = 0, inverse = 0;
  Moments(const Values& x, const Groups& groups, std::size_t group, double epsilon) {
    const auto size = static_cast<double>(groups.size());
    for (std::size_t i = 0; i < groups.size(); ++i) mean += x[groups.at(group, i)] / size;
    double variance = 0;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const double deviation = x[groups.at(group, i)] - mean;
      variance += deviation * deviation / size;
    }
    inverse = 1.0 / std::sqrt(variance + epsilon);
  }
};

// Weight and bias of an element: of its channel, or of its place in the row.
class Affine {
 public:
  Affine(const VectorCall& call, std::size_t count) : parameters_(call.parameters) {
    need(parameters_.empty() || parameters_.size() == 2,
         fmt::format("{} parameters instead of weight and bias", parameters_.size()));
    for (const Values& values : parameters_)
      need(values.size() == count,
           fmt::format("a parameter of {} elements instead of {}", values.size(), count));
  }
  double weight(std::size_t i) const { return parameters_.empty() ? 1.0 : parameters_[0][i]; }
  double bias(std::size_t i) const { return parameters_.empty() ? 0.0 : parameters_[1][i]; }

 private:
  const std::vector<Values>& parameters_;
};

double epsilon_of(const VectorCall& call) {
  need(call.epsilon.has_value(), "no eps");
  return *call.epsilon;
}

// `by_group`: parameters belong to groups (channels), otherwise to places in a group.
Values normalise(const VectorCall& call, const Groups& groups, bool by_group) {
  const Values& x = only_operand(call);
  const Affine affine(call, by_group ? groups.count : groups.size());
  Values y(x.size());
  for (std::size_t g = 0; g < groups.count; ++g) {
    const Moments moments(x, groups, g, epsilon_of(call));
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const std::size_t at = groups.at(g, i), parameter = by_group ? g : i;
      y[at] = (x[at] - moments.mean) * moments.inverse * affine.weight(parameter) + affine.bias(parameter);
    }
  }
  return y;
}

// With h = dy * weight and n = (x - mean) / deviation: dx = (h - mean(h) - n mean(h n)) / deviation, and the
// gradients of weight and bias are sums of dy n and dy.
Gradients normalise_backward(const VectorCall& call, const Groups& groups, bool by_group) {
  const Values& x = only_operand(call);
  const Affine affine(call, by_group ? groups.count : groups.size());
  const auto size = static_cast<double>(groups.size());
  Gradients gradients{Values(x.size())};
  for (const Values& parameter : call.parameters) gradients.emplace_back(parameter.size());
  for (std::size_t g = 0; g < groups.count; ++g) {
    const Moments moments(x, groups, g, epsilon_of(call));
    const auto scaled = [&](std::size_t i) {
      return call.gradient[groups.at(g, i)] * affine.weight(by_group ? g : i);
    };
    const auto normalised = [&](std::size_t i) {
      return (x[groups.at(g, i)] - moments.mean) * moments.inverse;
    };
    double mean = 0, mean_of_product = 0;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      mean += scaled(i) / size;
      mean_of_product += scaled(i) * normalised(i) / size;
    }
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const std::size_t at = groups.at(g, i), parameter = by_group ? g : i;
      gradients[0][at] = (scaled(i) - mean - normalised(i) * mean_of_product) * moments.inverse;
      if (call.parameters.empty()) continue;
      gradients[1][parameter] += call.gradient[at] * normalised(i);
      gradients[2][parameter] += call.gradient[at];
    }
  }
  return gradients;
}

Groups layer_rows(const VectorCall& call) {
  const std::size_t row = call.parameters.empty() ? last_extent(call) : call.parameters.front().size();
  return rows_of(only_operand(call).size(), row);
}

}  // namespace

std::vector<double> batch_norm_forward(const VectorCall& call) {
  return normalise(call, channels(call), true);
}
Gradients batch_norm_backward(const VectorCall& call) {
  return normalise_backward(call, channels(call), true);
}

std::vector<double> layer_norm_forward(const VectorCall& call) {
  return normalise(call, layer_rows(call), false);
}
Gradients layer_norm_backward(const VectorCall& call) {
  return normalise_backward(call, layer_rows(call), false);
}

}  // namespace lnsim
