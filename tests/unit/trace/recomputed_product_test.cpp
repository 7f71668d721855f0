// Products of every kind, against plain loops.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

#include "sim/run/trace_tools/trace_check.h"
#include "tests/unit/trace/recorded_trace.h"

namespace lnsim {
namespace {

using Json = nlohmann::json;

const Progress kSilent = [](std::size_t, std::size_t, const std::string&) {};

std::vector<double> random_values(std::size_t count, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::vector<double> values(count);
  for (double& value : values) value = normal(random);
  return values;
}

// One product with its operands, its result computed by plain loops, and what `check_trace` finds.
class OneProduct : public testing::Test {
 protected:
  void record(Json line, const std::vector<double>& a, const std::vector<std::int64_t>& a_shape,
              const std::vector<double>& b, const std::vector<std::int64_t>& b_shape, std::vector<double> out,
              const std::vector<std::int64_t>& out_shape) {
    line.update({{"a", "a"}, {"b", "b"}, {"out", "out"}});
    recorded_.operation(line);
    recorded_.tensor("a", a_shape, a);
    recorded_.tensor("b", b_shape, b);
    const Trace sound = read_with("out", out_shape, out);
    const TraceCheck found = check_trace(sound, {.tolerance = 1e-14}, kSilent);
    EXPECT_TRUE(found.problems.empty()) << found.problems.front().message();
    EXPECT_EQ(found.products, 1U);
    EXPECT_EQ(found.tensors, 3U);
    // The largest value is moved by a thousandth of itself.
    double largest = 0;
    for (const double value : out) largest = std::max(largest, std::abs(value));
    out[out.size() / 2] += 1e-3 * largest;
    const TraceCheck moved = check_trace(read_with("out", out_shape, out), {.tolerance = 1e-5}, kSilent);
    ASSERT_EQ(moved.problems.size(), 1U);
    EXPECT_EQ(moved.problems.front().message(),
              sound.path.string() +
                  ":2: out: got values up to 1.00e-03 of the largest off, expected the product of a and b, "
                  "within 1.00e-05");
    EXPECT_NEAR(moved.worst_error, 1e-3, 1e-12);
  }

 private:
  Trace read_with(const std::string& key, const std::vector<std::int64_t>& shape,
                  const std::vector<double>& values) {
    if (!written_) recorded_.tensor(key, shape, values);
    written_ = true;
    recorded_.overwrite(key, shape, values);
    return recorded_.read();
  }

  RecordedTrace recorded_{"check"};
  bool written_ = false;
};

TEST_F(OneProduct, of_a_linear_layer_is_recomputed) {
  const std::size_t m = 5, n = 7, k = 70;
  const auto x = random_values(m * k, 1), w = random_values(n * k, 2);
  std::vector<double> y(m * n);
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t l = 0; l < k; ++l) y[i * n + j] += x[i * k + l] * w[j * k + l];
    }
  }
  record({{"layer", "fc"},
          {"op", "linear"},
          {"pass", "fwd"},
          {"gemm", {{"M", m}, {"N", n}, {"K", k}}},
          {"b_trans", true}},
         x, {5, 70}, w, {7, 70}, y, {5, 7});
}

TEST_F(OneProduct, of_a_batched_products_second_operand_is_recomputed) {
  // db[batch, k, n] = sum over m of a[batch, m, k] dy[batch, m, n]
  const std::size_t batch = 3, m = 4, n = 5, k = 6;
  const auto a = random_values(batch * m * k, 3), dy = random_values(batch * m * n, 4);
  std::vector<double> db(batch * k * n);
  for (std::size_t g = 0; g < batch; ++g) {
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t l = 0; l < k; ++l) {
        for (std::size_t j = 0; j < n; ++j)
          db[(g * k + l) * n + j] += a[(g * m + i) * k + l] * dy[(g * m + i) * n + j];
      }
    }
  }
  record({{"layer", "qk"},
          {"op", "bmm"},
          {"pass", "bwd_weight"},
          {"operand", "b"},
          {"a_trans", true},
          {"gemm", {{"batch", batch}, {"M", k}, {"N", n}, {"K", m}}}},
         a, {3, 4, 6}, dy, {3, 4, 5}, db, {3, 6, 5});
}

// A grouped, strided, dilated, padded convolution.
struct Convolution {
  int n = 2, c = 4, h = 9, w = 8, k = 6, r = 3, s = 2, groups = 2;
  std::array<int, 2> stride{2, 1}, pad{1, 2}, dilation{1, 2};
  int p = (h + 2 * pad[0] - dilation[0] * (r - 1) - 1) / stride[0] + 1;
  int q = (w + 2 * pad[1] - dilation[1] * (s - 1) - 1) / stride[1] + 1;

  // Calls visit(x, w, y) with the offsets of every multiply-accumulate.
  template <class Visit>
  void each(Visit visit) const {
    const int c_group = c / groups, k_group = k / groups;
    for (int in = 0; in < n; ++in)
      for (int ik = 0; ik < k; ++ik)
        for (int ip = 0; ip < p; ++ip)
          for (int iq = 0; iq < q; ++iq)
            for (int ic = 0; ic < c_group; ++ic)
              for (int ir = 0; ir < r; ++ir)
                for (int is = 0; is < s; ++is) {
                  const int y = ip * stride[0] - pad[0] + ir * dilation[0];
                  const int x = iq * stride[1] - pad[1] + is * dilation[1];
                  if (y < 0 || y >= h || x < 0 || x >= w) continue;
                  const int channel = ik / k_group * c_group + ic;
                  visit(static_cast<std::size_t>(((in * c + channel) * h + y) * w + x),
                        static_cast<std::size_t>(((ik * c_group + ic) * r + ir) * s + is),
                        static_cast<std::size_t>(((in * k + ik) * p + ip) * q + iq));
                }
  }

  std::vector<std::int64_t> x_shape() const { return {n, c, h, w}; }
  std::vector<std::int64_t> w_shape() const { return {k, c / groups, r, s}; }
  std::vector<std::int64_t> y_shape() const { return {n, k, p, q}; }
  static std::size_t size(const std::vector<std::int64_t>& shape) {
    std::int64_t product = 1;
    for (const std::int64_t extent : shape) product *= extent;
    return static_cast<std::size_t>(product);
  }

  Json line(const char* pass) const {
    const int pixels = n * p * q;
    Json gemm{{"batch", groups}, {"M", pixels}, {"N", k / groups}, {"K", c / groups * r * s}};
    if (pass == std::string("bwd_input"))
      gemm = {{"batch", groups}, {"M", n * h * w}, {"N", c / groups}, {"K", k / groups * r * s}};
    if (pass == std::string("bwd_weight"))
      gemm = {{"batch", groups}, {"M", k / groups}, {"N", c / groups * r * s}, {"K", pixels}};
    return {{"layer", "conv"},
            {"op", "conv2d"},
            {"pass", pass},
            {"gemm", gemm},
            {"dims",
             {{"N", n},
              {"C", c},
              {"H", h},
              {"W", w},
              {"K", k},
              {"R", r},
              {"S", s},
              {"P", p},
              {"Q", q},
              {"groups", groups},
              {"stride", stride},
              {"pad", pad},
              {"dilation", dilation}}}};
  }
};

class OneConvolution : public OneProduct {
 protected:
  Convolution conv_;
  std::vector<double> x_ = random_values(Convolution::size(conv_.x_shape()), 5);
  std::vector<double> w_ = random_values(Convolution::size(conv_.w_shape()), 6);
  std::vector<double> dy_ = random_values(Convolution::size(conv_.y_shape()), 7);
};

TEST_F(OneConvolution, is_recomputed_forward) {
  std::vector<double> y(dy_.size());
  conv_.each([&](std::size_t x, std::size_t w, std::size_t out) { y[out] += x_[x] * w_[w]; });
  record(conv_.line("fwd"), x_, conv_.x_shape(), w_, conv_.w_shape(), y, conv_.y_shape());
}

TEST_F(OneConvolution, is_recomputed_for_the_gradient_of_its_input) {
  std::vector<double> dx(x_.size());
  conv_.each([&](std::size_t x, std::size_t w, std::size_t out) { dx[x] += dy_[out] * w_[w]; });
  record(conv_.line("bwd_input"), dy_, conv_.y_shape(), w_, conv_.w_shape(), dx, conv_.x_shape());
}

TEST_F(OneConvolution, is_recomputed_for_the_gradient_of_its_weights) {
  std::vector<double> dw(w_.size());
  conv_.each([&](std::size_t x, std::size_t w, std::size_t out) { dw[w] += dy_[out] * x_[x]; });
  record(conv_.line("bwd_weight"), dy_, conv_.y_shape(), x_, conv_.x_shape(), dw, conv_.w_shape());
}

}  // namespace
}  // namespace lnsim
