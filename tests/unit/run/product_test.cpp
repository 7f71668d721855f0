#include "sim/run/compile/product.h"

#include <gtest/gtest.h>

#include <random>

#include "sim/base/errors.h"
#include "sim/run/trace/trace_formulas.h"

namespace lnsim {
namespace {

using Values = std::vector<std::int64_t>;

Values random_values(std::int64_t count, std::mt19937& random) {
  std::uniform_int_distribution<std::int64_t> value(-9, 9);
  Values values(static_cast<std::size_t>(count));
  for (auto& v : values) v = value(random);
  return values;
}

std::int64_t at(const Values& values, std::int64_t offset) {
  return offset < 0 ? 0 : values.at(static_cast<std::size_t>(offset));
}

// The result tensor as the machine would compute it: vector by vector, lane by lane. Every element exactly
// once.
Values evaluate(const std::vector<Product>& products, const Values& trace_a, const Values& trace_b,
                std::int64_t size, Packing packing, std::int64_t vector_size) {
  Values out(static_cast<std::size_t>(size));
  std::vector<int> written(static_cast<std::size_t>(size));
  for (const Product& p : products) {
    const Values& a = p.stationary == TraceOperand::b ? trace_b : trace_a;
    const Values& b = p.stationary == TraceOperand::b ? trace_a : trace_b;
    const std::int64_t vectors = p.contraction.vectors(packing, vector_size);
    for (std::int64_t g = 0; g < p.groups; ++g) {
      for (std::int64_t row = 0; row < p.rows; ++row) {
        for (std::int64_t column = 0; column < p.columns; ++column) {
          std::int64_t sum = 0;
          for (std::int64_t v = 0; v < vectors; ++v) {
            for (std::int64_t lane = 0; lane < vector_size; ++lane) {
              const auto e = p.contraction.element(packing, vector_size, v, lane);
              if (e.padding) continue;
              sum += at(a, Product::offset(p.a, g, row, e.channel, e.tap)) *
                     at(b, Product::offset(p.b, g, column, e.channel, e.tap));
            }
          }
          const auto where = static_cast<std::size_t>(Product::offset(p.out, g, row, column, 0));
          out.at(where) = sum;
          ++written.at(where);
        }
      }
    }
  }
  for (const int times : written) EXPECT_EQ(times, 1);
  return out;
}

struct ConvTensors {
  Values x, w, dy;
};

// Calls visit(x offset or -1, w offset, y offset) for every multiplication of the convolution's definition.
template <class Visit>
void for_each_product(const ConvDims& d, Visit visit) {
  const std::int64_t cg = d.c / d.groups, kg = d.k / d.groups;
  for (std::int64_t n = 0; n < d.n; ++n)
    for (std::int64_t k = 0; k < d.k; ++k)
      for (std::int64_t p = 0; p < d.p; ++p)
        for (std::int64_t q = 0; q < d.q; ++q)
          for (std::int64_t c = 0; c < cg; ++c)
            for (std::int64_t r = 0; r < d.r; ++r)
              for (std::int64_t s = 0; s < d.s; ++s) {
                const std::int64_t h = p * d.stride[0] - d.pad[0] + r * d.dilation[0];
                const std::int64_t w = q * d.stride[1] - d.pad[1] + s * d.dilation[1];
                const bool inside = h >= 0 && h < d.h && w >= 0 && w < d.w;
                const std::int64_t channel = k / kg * cg + c;
                visit(inside ? ((n * d.c + channel) * d.h + h) * d.w + w : -1,
                      ((k * cg + c) * d.r + r) * d.s + s, ((n * d.k + k) * d.p + p) * d.q + q);
              }
}

Values direct(const ConvDims& d, Pass pass, const ConvTensors& t) {
  Values y(t.dy.size()), dx(t.x.size()), dw(t.w.size());
  for_each_product(d, [&](std::int64_t x, std::int64_t w, std::int64_t out) {
    y.at(static_cast<std::size_t>(out)) += at(t.x, x) * at(t.w, w);
    dw.at(static_cast<std::size_t>(w)) += at(t.x, x) * at(t.dy, out);
    if (x >= 0) dx.at(static_cast<std::size_t>(x)) += at(t.w, w) * at(t.dy, out);
  });
  return pass == Pass::forward ? y : pass == Pass::input_gradient ? dx : dw;
}

ConvDims conv(std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t w, std::int64_t k, std::int64_t r,
              std::int64_t s, std::int64_t groups, std::array<std::int64_t, 2> stride,
              std::array<std::int64_t, 2> pad, std::array<std::int64_t, 2> dilation) {
  ConvDims d{n, c, h, w, k, r, s, 1, 1, groups, stride, pad, dilation};
  d.p = conv_output_extent(h, r, stride[0], pad[0], dilation[0]);
  d.q = conv_output_extent(w, s, stride[1], pad[1], dilation[1]);
  return d;
}

const std::vector<ConvDims>& cases() {
  static const std::vector<ConvDims> all{
      conv(2, 3, 5, 5, 4, 3, 3, 1, {1, 1}, {1, 1}, {1, 1}),
      conv(1, 4, 7, 6, 6, 3, 3, 2, {2, 2}, {1, 1}, {1, 1}),
      conv(2, 4, 6, 6, 3, 1, 1, 1, {2, 2}, {0, 0}, {1, 1}),  // three of four phases have no taps
      conv(1, 6, 6, 5, 6, 3, 3, 6, {1, 1}, {1, 1}, {1, 1}),  // depthwise
      conv(1, 3, 9, 7, 2, 3, 2, 1, {2, 1}, {2, 0}, {1, 3}),  // everything asymmetric
      conv(1, 2, 9, 9, 2, 3, 3, 1, {2, 2}, {2, 2}, {2, 2}),  // dilation and stride share a factor
      conv(1, 2, 11, 8, 3, 7, 5, 1, {3, 2}, {3, 1}, {1, 1}),
      conv(1, 1, 1, 1, 2, 3, 3, 1, {2, 2}, {1, 1}, {1, 1}),  // taps that only meet padding
      conv(3, 2, 4, 1, 5, 1, 1, 1, {1, 1}, {0, 0}, {1, 1}),
  };
  return all;
}

TEST(Product, of_a_convolution_computes_what_its_definition_says_in_every_pass) {
  std::mt19937 random(7);
  for (const ConvDims& d : cases()) {
    const ConvTensors t{random_values(d.n * d.c * d.h * d.w, random),
                        random_values(d.k * d.c / d.groups * d.r * d.s, random),
                        random_values(d.n * d.k * d.p * d.q, random)};
    for (const Pass pass : {Pass::forward, Pass::input_gradient, Pass::weight_gradient}) {
      TraceOperation operation;
      operation.op = "conv2d";
      operation.pass = pass;
      operation.conv = d;
      operation.gemm = conv_gemm(d, pass);
      operation.macs = *conv_macs(d);
      const auto products = products_of(operation);
      std::uint64_t macs = 0;
      for (const Product& p : products) macs += p.macs;
      EXPECT_EQ(macs, *conv_macs(d));
      const Values expected = direct(d, pass, t);
      const Values& trace_a = pass == Pass::forward ? t.x : t.dy;
      const Values& trace_b = pass == Pass::weight_gradient ? t.x : t.w;
      for (const Packing packing : {Packing::channel, Packing::flat}) {
        for (const std::int64_t vector_size : {1, 3, 8}) {
          EXPECT_EQ(evaluate(products, trace_a, trace_b, static_cast<std::int64_t>(expected.size()), packing,
                             vector_size),
                    expected);
        }
      }
    }
  }
}

// out[b][m][n] with operands stored as the flags say.
Values direct(const GemmDims& g, bool a_transposed, bool b_transposed, const Values& a, const Values& b) {
  Values out(static_cast<std::size_t>(g.batch * g.m * g.n));
  for (std::int64_t i = 0; i < g.batch; ++i)
    for (std::int64_t m = 0; m < g.m; ++m)
      for (std::int64_t n = 0; n < g.n; ++n)
        for (std::int64_t k = 0; k < g.k; ++k)
          out.at(static_cast<std::size_t>((i * g.m + m) * g.n + n)) +=
              at(a, i * g.m * g.k + (a_transposed ? k * g.m + m : m * g.k + k)) *
              at(b, i * g.k * g.n + (b_transposed ? n * g.k + k : k * g.n + n));
  return out;
}

struct MatrixCase {
  const char* op;
  Pass pass;
  const char* operand;
  bool a_transposed, b_transposed;
  bool weights;
  bool recorded;
  TensorKind a, b, out;  // of the product
};

TEST(Product, of_matrices_follows_the_recorded_layouts_and_the_roles_of_the_machine) {
  using enum TensorKind;
  const std::vector<MatrixCase> matrix_cases{
      {"linear", Pass::forward, "", false, true, true, true, weight, activation, activation},
      {"linear", Pass::input_gradient, "", false, false, true, true, weight, error, error},
      {"linear", Pass::weight_gradient, "", true, false, true, true, activation, error, gradient},
      {"matmul", Pass::forward, "", false, false, true, true, weight, activation, activation},
      {"bmm", Pass::forward, "", false, false, false, true, activation, activation, activation},
      {"bmm", Pass::input_gradient, "a", false, true, false, true, activation, error, error},
      {"bmm", Pass::input_gradient, "b", true, false, false, true, activation, error, error},
      // Without tensors a linear layer has its usual layouts, whatever the flags.
      {"linear", Pass::forward, "", false, false, true, false, weight, activation, activation},
      {"linear", Pass::weight_gradient, "", false, false, true, false, activation, error, gradient},
  };
  std::mt19937 random(8);
  for (const MatrixCase& c : matrix_cases) {
    TraceOperation operation;
    operation.op = c.op;
    operation.pass = c.pass;
    operation.operand = c.operand;
    operation.weights = c.weights;
    operation.a_transposed = c.a_transposed;
    operation.b_transposed = c.b_transposed;
    if (c.recorded) operation.a = operation.b = operation.out = "key";
    operation.gemm = GemmDims{operation.op == "bmm" ? 3 : 1, 4, 5, 6};
    operation.macs = *gemm_macs(*operation.gemm);
    const GemmDims& g = *operation.gemm;
    const Values a = random_values(g.batch * g.m * g.k, random);
    const Values b = random_values(g.batch * g.k * g.n, random);
    const auto products = products_of(operation);
    ASSERT_EQ(products.size(), 1U);
    EXPECT_EQ(products[0].macs, *gemm_macs(g));
    EXPECT_EQ(products[0].a.kind, c.a);
    EXPECT_EQ(products[0].b.kind, c.b);
    EXPECT_EQ(products[0].out.kind, c.out);
    const bool a_transposed = c.recorded ? c.a_transposed : c.pass == Pass::weight_gradient;
    const bool b_transposed = c.recorded ? c.b_transposed : c.pass == Pass::forward;
    EXPECT_EQ(evaluate(products, a, b, g.batch * g.m * g.n, Packing::channel, 4),
              direct(g, a_transposed, b_transposed, a, b));
  }
}

TEST(Contraction, counts_the_useful_elements_of_any_run_of_vectors) {
  for (const Contraction contraction :
       {Contraction{7, 3}, Contraction{8, 2}, Contraction{1, 9}, Contraction{5, 0}}) {
    for (const Packing packing : {Packing::channel, Packing::flat}) {
      const std::int64_t vectors = contraction.vectors(packing, 4);
      for (std::int64_t first = 0; first <= vectors; ++first) {
        for (std::int64_t count = 0; first + count <= vectors + 1; ++count) {
          std::int64_t useful = 0;
          for (std::int64_t v = first; v < first + count; ++v)
            for (std::int64_t lane = 0; lane < 4; ++lane)
              useful += contraction.element(packing, 4, v, lane).padding ? 0 : 1;
          EXPECT_EQ(contraction.useful_elements(packing, 4, first, count), useful);
        }
      }
    }
  }
}

TEST(Contraction, packs_channels_per_tap_or_flat) {
  const Contraction contraction{40, 9};
  EXPECT_EQ(contraction.vectors(Packing::channel, 32), 18);
  EXPECT_EQ(contraction.vectors(Packing::flat, 32), 12);
}

TEST(Product, exists_only_for_operations_with_multiplications) {
  TraceOperation operation;
  operation.layer = "relu1";
  operation.op = "relu";
  EXPECT_THROW(products_of(operation), ModelError);
  operation.conv = ConvDims{};
  operation.pass = Pass::backward;
  EXPECT_THROW(products_of(operation), ModelError);
}

}  // namespace
}  // namespace lnsim
