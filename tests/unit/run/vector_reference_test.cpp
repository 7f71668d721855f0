// Operators without a product against hand formulas, and their backward passes against differences of the
// forward ones.
#include "sim/run/replay/vector_reference.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <string>

namespace lnsim {
namespace {

using Values = std::vector<double>;

Values waves(std::size_t count, double phase) {
  Values values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(std::sin(1.7 * static_cast<double>(i) + phase));
  return values;
}

struct Case {
  const char* op;
  std::vector<std::int64_t> shape;
  std::vector<Values> parameters;
  std::size_t results;
  std::size_t operands = 1;
  std::vector<std::int64_t> result_shape{};
  PoolingWindow window{};
};

std::vector<Case> cases() {
  return {{"relu", {3, 5}, {}, 15},
          {"copy", {3, 5}, {}, 15},
          {"batch_norm", {3, 4, 2, 2}, {waves(4, 1), waves(4, 2)}, 48},
          {"batch_norm", {6, 3}, {}, 18},
          {"layer_norm", {3, 2, 4}, {waves(4, 1), waves(4, 2)}, 24},
          {"layer_norm", {3, 2, 4}, {waves(8, 1), waves(8, 2)}, 24},
          {"layer_norm", {5, 4}, {}, 20},
          {"softmax", {2, 3, 5}, {}, 30},
          {"gelu", {4, 4}, {}, 16},
          {"tanh", {4, 4}, {}, 16},
          {"sigmoid", {4, 4}, {}, 16},
          {"silu", {4, 4}, {}, 16},
          {"dropout", {2, 3}, {{0, 2, 2, 0, 0, 2}}, 6},
          {"scale", {2, 3}, {{0, 1, 1, 0, 1, 1}}, 6},
          {"log_softmax", {2, 3, 5}, {}, 30},
          {"add", {2, 3}, {}, 6, 3},
          {"mul", {2, 3}, {}, 6, 2},
          {"div", {2, 3}, {}, 6, 2},
          {"max_pool2d", {2, 1, 5, 4}, {}, 12, 1, {2, 1, 3, 2}, {{3, 2}, {2, 2}, {1, 0}, {1, 1}}},
          {"max_pool2d", {1, 1, 5, 5}, {}, 9, 1, {1, 1, 3, 3}, {{2, 2}, {1, 1}, {0, 0}, {2, 2}}},
          {"avg_pool2d", {2, 1, 5, 4}, {}, 12, 1, {2, 1, 3, 2}, {{3, 2}, {2, 2}, {1, 0}, {1, 1}}},
          {"adaptive_avg_pool2d", {2, 3, 2, 4}, {}, 6},
          {"adaptive_avg_pool2d", {1, 2, 5, 4}, {}, 12, 1, {1, 2, 2, 3}},
          {"nll_loss", {4, 3}, {{2, 0, 1, 2}}, 1},
          {"mse_loss", {4, 3}, {}, 1, 2},
          {"cross_entropy", {4, 3}, {{2, 0, 1, 2}}, 1}};
}

VectorCall call_of(const Case& c) {
  VectorCall call;
  call.shape = c.shape;
  std::size_t elements = 1;
  for (const std::int64_t extent : c.shape) elements *= static_cast<std::size_t>(extent);
  for (std::size_t i = 0; i < c.operands; ++i)
    call.operands.push_back(waves(elements, 0.3 + 0.5 * static_cast<double>(i)));
  call.result_shape = c.result_shape;
  if (c.window != PoolingWindow{}) call.window = c.window;
  call.parameters = c.parameters;
  call.epsilon = 1e-5;
  return call;
}

TEST(VectorReference, has_backward_passes_that_are_the_derivatives_of_the_forward_ones) {
  for (const Case& c : cases()) {
    VectorCall call = call_of(c);
    call.gradient = waves(c.results, 0.9);
    ASSERT_EQ(vector_forward(c.op, call).size(), c.results) << c.op;
    const std::vector<Values> gradients = vector_backward(c.op, call);
    const bool normalises = std::string(c.op).ends_with("_norm");
    ASSERT_EQ(gradients.size(), c.operands + (normalises ? c.parameters.size() : 0)) << c.op;
    // Of operand, then of parameter `which`.
    const auto weighted = [&](std::size_t which, std::size_t i, double step) {
      VectorCall moved = call;
      (which < c.operands ? moved.operands[which] : moved.parameters[which - c.operands])[i] += step;
      const Values y = vector_forward(c.op, moved);
      double sum = 0;
      for (std::size_t r = 0; r < y.size(); ++r) sum += y[r] * call.gradient[r];
      return sum;
    };
    constexpr double kStep = 1e-5;  // the error of a central difference is of the order of its square
    for (std::size_t g = 0; g < gradients.size(); ++g) {
      ASSERT_EQ(gradients[g].size(),
                (g < c.operands ? call.operands[g] : call.parameters[g - c.operands]).size())
          << c.op << " " << g;
      for (std::size_t i = 0; i < gradients[g].size(); ++i) {
        const double slope = (weighted(g, i, kStep) - weighted(g, i, -kStep)) / (2 * kStep);
        // Third derivatives of quotients of these operands stay below 1e4.
        EXPECT_NEAR(gradients[g][i], slope, 1e-6) << c.op << " " << g << " " << i;
      }
    }
  }
}

TEST(VectorReference, normalises_channels_over_batch_and_pixels) {
  VectorCall call;
  call.shape = {2, 2, 1, 2};
  call.operands = {{1, 3, 10, 10, 5, 7, 20, 20}};
  call.parameters = {{1, 2}, {0, -1}};
  call.epsilon = 0.0;
  // Channel 0: 1, 3, 5, 7 with mean 4 and variance 5; channel 1: 10, 10, 20, 20 with mean 15, variance 25.
  const double r = std::sqrt(5.0);
  const Values expected{-3 / r, -1 / r, -3, -3, 1 / r, 3 / r, 1, 1};
  const Values y = vector_forward("batch_norm", call);
  for (std::size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y[i], expected[i], 1e-15) << i;
}

TEST(VectorReference, gives_the_values_of_closed_formulas) {
  const VectorCall two{.shape = {1, 2}, .operands = {{0.0, std::log(3.0)}}};
  EXPECT_NEAR(vector_forward("softmax", two)[1], 0.75, 1e-15);
  VectorCall loss = two;
  loss.parameters = {{1}};
  EXPECT_NEAR(vector_forward("cross_entropy", loss)[0], std::log(4.0 / 3.0), 1e-15);
  EXPECT_NEAR(vector_backward("cross_entropy", loss)[0][0], 0.25, 1e-15);
  // The standard normal distribution at 1.
  const VectorCall one{.shape = {1}, .operands = {{1.0}}};
  EXPECT_NEAR(vector_forward("gelu", one)[0], 0.841344746068543, 1e-15);
  VectorCall rows{.shape = {3, 2}, .operands = {{1, 2, 3, 4, 5, 6, 7, 8}}, .parameters = {{3, 0, 3}}};
  EXPECT_EQ(vector_forward("embedding", rows), (Values{7, 8, 1, 2, 7, 8}));
  rows.gradient = {1, 2, 3, 4, 5, 6};
  EXPECT_EQ(vector_backward("embedding", rows).front(), (Values{3, 4, 0, 0, 0, 0, 6, 8}));
  // 3 x 3 pixels, windows of 2 x 2 with an edge of one: the largest of 1; 2, 3; 4, 7; 5, 6, 8, 9. Of equal
  // ones the first gets the gradient.
  VectorCall pool{.shape = {1, 3, 3}, .operands = {{1, 2, 3, 4, 5, 6, 7, 8, 8}}};
  pool.window = PoolingWindow{{2, 2}, {2, 2}, {1, 1}, {1, 1}};
  pool.result_shape = {1, 2, 2};
  EXPECT_EQ(vector_forward("max_pool2d", pool), (Values{1, 3, 7, 8}));
  EXPECT_EQ(vector_forward("avg_pool2d", pool), (Values{0.25, 1.25, 2.75, 6.75}));
  pool.gradient = {10, 20, 30, 40};
  EXPECT_EQ(vector_backward("max_pool2d", pool).front(), (Values{10, 0, 20, 0, 0, 0, 30, 40, 0}));
  const VectorCall sum{.shape = {2}, .operands = {{1, 2}, {10, 20}, {100, 200}}};
  EXPECT_EQ(vector_forward("add", sum), (Values{111, 222}));
}

std::string refusal(const std::string& op, const VectorCall& call) {
  try {
    vector_forward(op, call);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "none";
}

TEST(VectorReference, says_what_does_not_belong_together) {
  const std::vector<std::int64_t> shape{2, 3};
  EXPECT_EQ(refusal("group_norm", {.shape = shape, .operands = {Values(6)}}), "group_norm is not computed");
  EXPECT_EQ(refusal("relu", {.shape = shape, .operands = {}}), "no operand");
  EXPECT_EQ(refusal("relu", {.shape = shape, .operands = {Values(5)}}),
            "an operand of 5 elements instead of 6");
  EXPECT_EQ(refusal("relu", {.shape = shape, .operands = {Values(6), Values(6)}}),
            "2 operands instead of one");
  EXPECT_EQ(refusal("add", {.shape = shape, .operands = {Values(6), Values(3)}}),
            "operands of different sizes");
  EXPECT_EQ(refusal("batch_norm", {.shape = shape, .operands = {Values(6)}}), "no eps");
  EXPECT_EQ(refusal("batch_norm", {.shape = shape, .operands = {Values(6)}, .parameters = {Values(3)}}),
            "1 parameters instead of weight and bias");
  EXPECT_EQ(refusal("cross_entropy", {.shape = shape, .operands = {Values(6)}, .parameters = {{0, 3}}}),
            "a label 3 of 3 classes");
}

}  // namespace
}  // namespace lnsim
