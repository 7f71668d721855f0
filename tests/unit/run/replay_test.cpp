// A replayed product against the definition of the operation, and the errors it reports.
#include "sim/run/replay/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "models/arith/integer_format.h"
#include "sim/base/errors.h"
#include "sim/run/compile/product_shape.h"
#include "sim/run/replay/operand_source.h"
#include "tests/unit/run/replay_player.h"

namespace lnsim {
namespace {

using arith::Code;
using arith::DatapathKind;
using arith::FormatKind;
using arith::Scale;
using arith::ScaleGranularity;
using test::Tiling;

constexpr std::array kPasses{Pass::forward, Pass::input_gradient, Pass::weight_gradient};

// Convolutions with strides (several products), padding, groups, dilation, non-multiples of everything.
std::vector<ConvDims> convolutions() {
  return {test::conv_dims(2, 3, 5, 4, 3, 1, 1), test::conv_dims(1, 4, 6, 6, 3, 2, 1),
          test::conv_dims(1, 3, 5, 3, 1, 2, 0), test::conv_dims(1, 4, 7, 8, 3, 1, 2, 2, 2),
          test::conv_dims(2, 3, 4, 3, 3, 1, 1, 3)};
}

AcceleratorParameters machine_of(DatapathKind kind, const arith::FormatParameters& format) {
  AcceleratorParameters machine;
  machine.pe.vector_size = 8;
  machine.datapath.kind = kind;
  machine.formats.weight = machine.formats.activation = machine.formats.error = machine.formats.gradient =
      format;
  return machine;
}

AcceleratorParameters exact_lns() {
  AcceleratorParameters machine = machine_of(DatapathKind::lns, {.zero = arith::ZeroCode::flag});
  machine.datapath.accumulator = arith::AccumulatorMode::exact;
  machine.datapath.constant_bits = 24;
  machine.formats.update.zero = arith::ZeroCode::flag;
  return machine;
}

RecordedProduct recorded_conv(const ConvDims& dims, Pass pass) {
  RecordedProduct recorded;
  const test::Sizes sizes = test::sizes_of(dims, pass);
  recorded.a = test::random_values(sizes.a, 1);
  recorded.b = test::random_values(sizes.b, 2, 7);
  recorded.seed_a = 3;
  recorded.seed_b = 4;
  return recorded;
}

// Values of an operand tensor as the machine rounds it with one scale per tensor.
std::vector<double> rounded(std::vector<double> values, const arith::NumberFormat& format) {
  arith::QuantiseCounts counts;
  const Scale scale = format.scale_for(max_magnitude(values));
  for (double& value : values) value = format.value(format.quantise(value, scale, counts), scale);
  return values;
}

// Weights go through the stored format first.
std::vector<double> rounded_weights(std::vector<double> values, const arith::NumberFormat& format,
                                    const arith::NumberFormat& stored) {
  const Scale scale = stored.scale_for(max_magnitude(values));
  const OperandSource source(std::move(values), {&stored, scale}, format, 0);
  arith::QuantiseCounts counts;
  std::vector<double> result;
  for (std::size_t i = 0; i < source.size(); ++i) {
    result.push_back(
        format.value(source.quantise(i, source.tensor_scale(), i, counts), source.tensor_scale()));
  }
  return result;
}

struct Replayed {
  Replayed(const std::vector<Product>& products, RecordedProduct recorded,
           const AcceleratorParameters& machine, const Tiling& tiling)
      : replay(products, std::move(recorded), machine),
        dot(test::play(replay, products, machine.pe, tiling)) {}
  OperandReplay replay;
  arith::DotCounts dot;
};

Replayed replay_conv(const ConvDims& dims, Pass pass, const AcceleratorParameters& machine,
                     const Tiling& tiling) {
  return {products_of(test::conv_operation(dims, pass)), recorded_conv(dims, pass), machine, tiling};
}

TEST(OperandReplay, of_integers_equals_the_definition_of_the_convolution_to_the_bit_in_every_pass) {
  AcceleratorParameters machine = machine_of(DatapathKind::int8, {.kind = FormatKind::integer});
  machine.datapath.accumulator = arith::AccumulatorMode::exact;
  machine.formats.update.kind = FormatKind::fp32;  // keeps the weights as they are
  const auto format = arith::make_format(machine.formats.weight);
  for (const ConvDims& dims : convolutions()) {
    for (const Pass pass : kPasses) {
      for (const Packing packing : {Packing::channel, Packing::flat}) {
        machine.pe.packing = packing;
        const RecordedProduct recorded = recorded_conv(dims, pass);
        const auto integers = [&](const std::vector<double>& values) {
          arith::QuantiseCounts counts;
          std::vector<std::int64_t> result;
          for (const double value : values) {
            result.push_back(arith::integer_value(
                format->quantise(value, format->scale_for(max_magnitude(values)), counts), 8));
          }
          return result;
        };
        const std::vector<std::int64_t> expected =
            test::convolve(dims, pass, integers(recorded.a), integers(recorded.b));
        const double octaves = (format->scale_for(max_magnitude(recorded.a)).k +
                                format->scale_for(max_magnitude(recorded.b)).k) /
                               256.0;
        const Replayed got = replay_conv(dims, pass, machine, {});
        ASSERT_EQ(got.replay.sums().size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
          ASSERT_EQ(got.replay.sums()[i], static_cast<double>(expected[i]) * std::exp2(octaves)) << i;
        }
      }
    }
  }
}

TEST(OperandReplay, of_exact_lns_lanes_equals_the_definition_within_the_error_of_the_conversion_constants) {
  const AcceleratorParameters machine = exact_lns();
  const auto format = arith::make_format(machine.formats.weight);
  const auto stored = arith::make_format(machine.formats.update);
  for (const ConvDims& dims : convolutions()) {
    for (const Pass pass : kPasses) {
      const RecordedProduct recorded = recorded_conv(dims, pass);
      const bool weights = pass != Pass::weight_gradient;
      const std::vector<double> a = rounded(recorded.a, *format);
      const std::vector<double> b =
          weights ? rounded_weights(recorded.b, *format, *stored) : rounded(recorded.b, *format);
      std::vector<double> magnitudes_a = a, magnitudes_b = b;
      for (double& x : magnitudes_a) x = std::abs(x);
      for (double& x : magnitudes_b) x = std::abs(x);
      const std::vector<double> expected = test::convolve(dims, pass, a, b);
      const std::vector<double> magnitudes = test::convolve(dims, pass, magnitudes_a, magnitudes_b);
      const Replayed got = replay_conv(dims, pass, machine, {});
      for (std::size_t i = 0; i < expected.size(); ++i) {
        // Constants of 24 fraction bits are within 2^-25 of values of at least 1.
        ASSERT_NEAR(got.replay.sums()[i], expected[i], magnitudes[i] * 0x1p-24);
        ASSERT_NEAR(got.replay.exact()[i], expected[i], magnitudes[i] * 0x1p-40);
      }
      EXPECT_EQ(got.replay.report(got.dot).dot.saturations, 0u);
    }
  }
}

TEST(OperandReplay, of_a_linear_layer_equals_the_matrix_product_in_every_pass) {
  constexpr std::int64_t kBatch = 5, kIn = 19, kOut = 7;
  const AcceleratorParameters machine = exact_lns();
  const auto format = arith::make_format(machine.formats.weight);
  for (const Pass pass : kPasses) {
    TraceOperation operation;
    operation.op = "linear";
    operation.pass = pass;
    operation.a = "a";  // recorded, so the transpositions below count
    operation.b = "b";
    // y = x w^T; dx = dy w; dw = dy^T x.
    if (pass == Pass::forward) operation.gemm = GemmDims{1, kBatch, kOut, kIn}, operation.b_transposed = true;
    if (pass == Pass::input_gradient) operation.gemm = GemmDims{1, kBatch, kIn, kOut};
    if (pass == Pass::weight_gradient)
      operation.gemm = GemmDims{1, kOut, kIn, kBatch}, operation.a_transposed = true;
    const GemmDims& g = *operation.gemm;
    RecordedProduct recorded;
    recorded.a = test::random_values(static_cast<std::size_t>(g.m * g.k), 1);
    recorded.b = test::random_values(static_cast<std::size_t>(g.k * g.n), 2);
    const std::vector<double> a = rounded(recorded.a, *format);
    const std::vector<double> b =
        pass == Pass::weight_gradient
            ? rounded(recorded.b, *format)
            : rounded_weights(recorded.b, *format, *arith::make_format(machine.formats.update));
    const Replayed got(products_of(operation), recorded, machine, {});
    for (std::int64_t m = 0; m < g.m; ++m) {
      for (std::int64_t n = 0; n < g.n; ++n) {
        double expected = 0;
        for (std::int64_t k = 0; k < g.k; ++k) {
          expected += a[static_cast<std::size_t>(operation.a_transposed ? k * g.m + m : m * g.k + k)] *
                      b[static_cast<std::size_t>(operation.b_transposed ? n * g.k + k : k * g.n + n)];
        }
        EXPECT_NEAR(got.replay.sums()[static_cast<std::size_t>(m * g.n + n)], expected, 1e-6);
      }
    }
    EXPECT_EQ(got.dot.products, static_cast<std::uint64_t>(g.m * g.n * g.k));
  }
}

TEST(OperandReplay, of_attention_equals_the_batched_product_whichever_operand_is_the_gradient) {
  const AcceleratorParameters machine = exact_lns();
  const auto format = arith::make_format(machine.formats.activation);
  for (const bool transposed : {false, true}) {
    for (const char* operand : {"", "a", "b"}) {
      TraceOperation operation;
      operation.op = "bmm";
      operation.pass = *operand == 0 ? Pass::forward : Pass::input_gradient;
      operation.operand = operand;
      operation.weights = false;
      operation.gemm = GemmDims{3, 4, 5, 6};
      operation.a_transposed = operation.b_transposed = transposed;
      RecordedProduct recorded;
      recorded.a = test::random_values(3 * 4 * 6, 1);
      recorded.b = test::random_values(3 * 6 * 5, 2);
      const std::vector<double> a = rounded(recorded.a, *format), b = rounded(recorded.b, *format);
      const Replayed got(products_of(operation), recorded, machine, {});
      for (std::size_t g = 0; g < 3; ++g) {
        for (std::size_t m = 0; m < 4; ++m) {
          for (std::size_t n = 0; n < 5; ++n) {
            double expected = 0;
            for (std::size_t k = 0; k < 6; ++k) {
              expected += a[g * 24 + (transposed ? k * 4 + m : m * 6 + k)] *
                          b[g * 30 + (transposed ? n * 6 + k : k * 5 + n)];
            }
            EXPECT_NEAR(got.replay.sums()[(g * 4 + m) * 5 + n], expected, 1e-6);
          }
        }
      }
    }
  }
}

TEST(OperandReplay, gives_the_same_bits_however_the_product_is_tiled) {
  const ConvDims dims = test::conv_dims(2, 20, 6, 9, 3, 2, 1);
  for (const AcceleratorParameters& machine :
       {exact_lns(), machine_of(DatapathKind::lns, {}),
        machine_of(DatapathKind::fp8_e4m3, {.kind = FormatKind::fp8_e4m3})}) {
    for (const Pass pass : kPasses) {
      const Replayed one = replay_conv(dims, pass, machine, {.rows = 4, .columns = 3, .vectors = 1000});
      const Replayed other = replay_conv(dims, pass, machine, {.rows = 7, .columns = 16, .vectors = 2});
      EXPECT_THAT(other.replay.sums(), testing::ElementsAreArray(one.replay.sums()));
      EXPECT_THAT(other.replay.outputs(), testing::ElementsAreArray(one.replay.outputs()));
      EXPECT_EQ(other.dot, one.dot);
    }
  }
}

TEST(OperandReplay, counts_window_places_beyond_the_edge_as_products_with_zero_and_padding_not_at_all) {
  // 3 channels leave five of eight slots free.
  const ConvDims dims = test::conv_dims(1, 3, 5, 4, 3, 1, 1);
  RecordedProduct recorded = recorded_conv(dims, Pass::forward);
  for (double& x : recorded.a) x = 1;
  for (double& w : recorded.b) w = 1;
  const AcceleratorParameters machine = machine_of(DatapathKind::lns, {});
  const Replayed got(products_of(test::conv_operation(dims, Pass::forward)), recorded, machine, {});
  std::uint64_t inside = 0;
  test::for_each_mac(dims, [&](std::size_t, std::size_t, std::size_t) { ++inside; });
  EXPECT_EQ(got.dot.products, *conv_macs(dims));
  EXPECT_EQ(got.dot.zero_products, *conv_macs(dims) - inside);
}

TEST(OperandReplay, emits_codes_at_the_scale_of_the_recorded_maximum) {
  const ConvDims dims = test::conv_dims(1, 3, 5, 4, 3, 1, 1);
  RecordedProduct recorded = recorded_conv(dims, Pass::forward);
  recorded.out = std::vector<double>(test::output_size(dims), 0.25);
  const AcceleratorParameters machine = exact_lns();
  const std::vector<Product> products = products_of(test::conv_operation(dims, Pass::forward));
  const auto format = arith::make_format(machine.formats.activation);
  EXPECT_EQ(OperandReplay(products, recorded, machine).output_scale(), format->scale_for(0.25));
  // Unrecorded: the exact result's.
  recorded.out.reset();
  const OperandReplay replay(products, recorded, machine);
  EXPECT_EQ(replay.output_scale(), format->scale_for(max_magnitude(replay.exact())));
}

TEST(OperandReplay, separates_the_error_of_operands_datapath_and_post_processing) {
  const ConvDims dims = test::conv_dims(2, 16, 6, 8, 3, 1, 1);
  RecordedProduct recorded = recorded_conv(dims, Pass::forward);
  recorded.out = test::convolve(dims, Pass::forward, recorded.a, recorded.b);
  const std::vector<Product> products = products_of(test::conv_operation(dims, Pass::forward));
  const Replayed got(products, recorded, machine_of(DatapathKind::lns, {}), {});
  const NumericReport report = got.replay.report(got.dot);
  ASSERT_TRUE(report.operands && report.sums && report.outputs);
  // Rounding to gamma = 8 is uniform within 1/16 octave: 20 log10(8 sqrt(12) / ln 2) = 32 dB per operand, 29
  // dB for the two of a product.
  EXPECT_NEAR(*report.operands->sqnr_db, 29, 1.5);
  EXPECT_NEAR(*report.post_processing.sqnr_db, 32, 1.5);
  // Constants of 8 bits: within 2^-9 of 1.
  EXPECT_GT(*report.datapath.sqnr_db, 50);
  EXPECT_LT(*report.sums->sqnr_db, *report.operands->sqnr_db + 0.5);
  EXPECT_LT(*report.outputs->sqnr_db, *report.sums->sqnr_db);
  EXPECT_EQ(report.a.format, "lns8g8");
  EXPECT_EQ(report.a.kind, TensorKind::weight);
  ASSERT_TRUE(report.a.stored);
  EXPECT_EQ(report.a.stored->values, test::filter_size(dims));
  EXPECT_EQ(report.a.counts.values, test::filter_size(dims));
  EXPECT_EQ(report.b.kind, TensorKind::activation);
  EXPECT_EQ(report.b.counts.values, test::input_size(dims));
  EXPECT_FALSE(report.b.stored);
  EXPECT_EQ(report.output.counts.values, test::output_size(dims));
  EXPECT_EQ(report.dot, got.dot);
  EXPECT_EQ(report.datapath.values, test::output_size(dims));
}

TEST(OperandReplay, reports_a_datapath_without_error_as_exact) {
  AcceleratorParameters machine = machine_of(DatapathKind::fp8_e4m3, {.kind = FormatKind::fp8_e4m3});
  machine.formats.update.kind = FormatKind::fp32;
  machine.formats.update.bits = 8;
  const ConvDims dims = test::conv_dims(1, 3, 5, 4, 3, 1, 1);
  RecordedProduct recorded = recorded_conv(dims, Pass::forward);
  // Small integers: FP32 accumulates them exactly.
  for (std::size_t i = 0; i < recorded.a.size(); ++i) recorded.a[i] = static_cast<double>(i % 5) - 2;
  for (std::size_t i = 0; i < recorded.b.size(); ++i) recorded.b[i] = static_cast<double>(i % 3) - 1;
  recorded.out = test::convolve(dims, Pass::forward, recorded.a, recorded.b);
  const Replayed got(products_of(test::conv_operation(dims, Pass::forward)), recorded, machine, {});
  const NumericReport report = got.replay.report(got.dot);
  EXPECT_TRUE(report.datapath.exact());
  EXPECT_TRUE(report.operands->exact());
  EXPECT_TRUE(report.sums->exact());
}

TEST(OperandReplay, with_scales_per_channel_and_vector_stays_within_the_rounding_of_its_groups) {
  const ConvDims dims = test::conv_dims(1, 12, 6, 6, 3, 2, 1);
  for (const auto granularity : {ScaleGranularity::channel, ScaleGranularity::vector}) {
    AcceleratorParameters machine = exact_lns();
    machine.formats.weight.granularity = granularity;
    machine.formats.activation.granularity = granularity;
    machine.formats.error.granularity = granularity;
    for (const Pass pass : kPasses) {
      RecordedProduct recorded = recorded_conv(dims, pass);
      // Magnitudes over twelve octaves.
      for (std::size_t i = 0; i < recorded.b.size(); ++i)
        recorded.b[i] *= std::exp2(-static_cast<double>(i % 13));
      const std::vector<double> result = test::convolve(dims, pass, recorded.a, recorded.b);
      std::vector<double> a = recorded.a, b = recorded.b;
      for (double& x : a) x = std::abs(x);
      for (double& x : b) x = std::abs(x);
      const std::vector<double> magnitudes = test::convolve(dims, pass, a, b);
      const Replayed got(products_of(test::conv_operation(dims, pass)), recorded, machine,
                         {.rows = 3, .columns = 4, .vectors = 2});
      // Two roundings of at most 1/16 octave, a third into the stored weights: below (1 + 2^(1/16) - 1)^2 - 1
      // = 9.1 %.
      for (std::size_t i = 0; i < result.size(); ++i) {
        ASSERT_NEAR(got.replay.sums()[i], result[i], magnitudes[i] * 0.092);
        ASSERT_NEAR(got.replay.sums()[i], got.replay.exact()[i], magnitudes[i] * 0x1p-23);
      }
    }
  }
}

TEST(OperandReplay, lets_integer_lanes_have_scales_per_channel) {
  AcceleratorParameters machine = machine_of(DatapathKind::int8, {.kind = FormatKind::integer});
  machine.formats.weight.granularity = ScaleGranularity::channel;
  machine.formats.update = {.kind = FormatKind::fp32};
  const ConvDims dims = test::conv_dims(1, 3, 5, 2, 3, 1, 1);
  RecordedProduct recorded = recorded_conv(dims, Pass::forward);
  // The second filter is a thousand times smaller; one scale per tensor would round it to zeros.
  for (std::size_t i = recorded.b.size() / 2; i < recorded.b.size(); ++i) recorded.b[i] /= 1000;
  const std::vector<double> result = test::convolve(dims, Pass::forward, recorded.a, recorded.b);
  const Replayed got(products_of(test::conv_operation(dims, Pass::forward)), recorded, machine, {});
  const std::size_t half = result.size() / 2;
  const ErrorFigures small = compare(got.replay.sums().subspan(half), std::span(result).subspan(half));
  EXPECT_GT(*small.sqnr_db, 30);
}

TEST(OperandReplay, rounds_stochastically_the_same_way_in_every_run) {
  AcceleratorParameters machine = exact_lns();
  machine.formats.activation.rounding = arith::Rounding::stochastic;
  const ConvDims dims = test::conv_dims(1, 3, 5, 2, 3, 1, 1);
  const Replayed one = replay_conv(dims, Pass::forward, machine, {}),
                 other = replay_conv(dims, Pass::forward, machine, {.rows = 2});
  const Replayed nearest = replay_conv(dims, Pass::forward, exact_lns(), {});
  EXPECT_THAT(other.replay.sums(), testing::ElementsAreArray(one.replay.sums()));
  EXPECT_THAT(nearest.replay.sums(), testing::Not(testing::ElementsAreArray(one.replay.sums())));
}

TEST(OperandReplay, gives_zeros_to_pixels_that_no_tap_reaches) {
  // A 1 x 1 filter of stride 2: three of four input pixels get no gradient.
  const ConvDims dims = test::conv_dims(1, 2, 4, 3, 1, 2, 0);
  const Replayed got = replay_conv(dims, Pass::input_gradient, exact_lns(), {});
  const NumericReport report = got.replay.report(got.dot);
  EXPECT_EQ(report.datapath.values, test::input_size(dims));
  EXPECT_EQ(got.replay.sums()[1], 0.0);
  EXPECT_EQ(got.replay.outputs()[1], arith::make_format({.zero = arith::ZeroCode::flag})->zero_code());
}

class BrokenMachine : public testing::Test {
 protected:
  const ConvDims dims = test::conv_dims(1, 3, 5, 4, 3, 1, 1);
  const std::vector<Product> products = products_of(test::conv_operation(dims, Pass::forward));
  const AcceleratorParameters machine = exact_lns();
  OperandReplay replay{products, recorded_conv(dims, Pass::forward), machine};
  std::vector<std::byte> sums = std::vector<std::byte>(16 * replay.datapath().accumulator_bytes());
};

TEST_F(BrokenMachine, that_emits_too_little_is_found_out) {
  EXPECT_THROW(replay.report({}), ModelError);
}

TEST_F(BrokenMachine, that_emits_twice_is_found_out) {
  replay.datapath().clear(sums.data(), 4);
  replay.emit({.rows = 4}, sums.data());
  EXPECT_THROW(replay.emit({.first_row = 3, .rows = 1}, sums.data()), ModelError);
}

TEST_F(BrokenMachine, that_emits_what_does_not_exist_is_found_out) {
  EXPECT_THROW(replay.emit({.first_row = 3, .rows = 2}, sums.data()), ModelError);
  EXPECT_THROW(replay.emit({.column = 1000, .rows = 1}, sums.data()), ModelError);
  EXPECT_THROW(replay.emit({.group = 1, .rows = 1}, sums.data()), ModelError);
  EXPECT_THROW(replay.emit({.product = 1, .rows = 1}, sums.data()), ModelError);
}

TEST_F(BrokenMachine, that_restores_what_it_never_spilled_is_found_out) {
  EXPECT_THROW(replay.restore({.rows = 2}, sums.data()), ModelError);
  replay.spill({.rows = 2}, sums.data());
  EXPECT_NO_THROW(replay.restore({.rows = 2}, sums.data()));
  EXPECT_THROW(replay.restore({.first_row = 1, .rows = 2}, sums.data()), ModelError);
}

TEST_F(BrokenMachine, that_updates_weights_or_reads_sums_as_operands_is_found_out) {
  EXPECT_THROW(replay.update({}), ModelError);
  EXPECT_THROW(replay.read_operand(LoadTarget::partial_sums, {}, sums.data()), ModelError);
  EXPECT_THROW(replay.read_operand(LoadTarget::operand_a, {.product = 1}, sums.data()), ModelError);
}

TEST_F(BrokenMachine, that_has_no_products_or_other_sizes_is_found_out) {
  RecordedProduct recorded = recorded_conv(dims, Pass::forward);
  EXPECT_THROW(OperandReplay({}, recorded, machine), ModelError);
  recorded.out = std::vector<double>(3);
  EXPECT_THROW(OperandReplay(products, recorded, machine), ModelError);
  recorded.out.reset();
  recorded.a.pop_back();
  EXPECT_THROW(OperandReplay(products, recorded, machine).exact(), ModelError);
}

TEST(FormatOf, knows_every_kind_of_tensor) {
  FormatsParameters formats;
  formats.weight.bits = 3;
  formats.activation.bits = 4;
  formats.error.bits = 5;
  formats.gradient.bits = 6;
  formats.update.bits = 7;
  formats.moment.bits = 9;
  EXPECT_EQ(format_of(formats, TensorKind::weight).bits, 3u);
  EXPECT_EQ(format_of(formats, TensorKind::activation).bits, 4u);
  EXPECT_EQ(format_of(formats, TensorKind::error).bits, 5u);
  EXPECT_EQ(format_of(formats, TensorKind::gradient).bits, 6u);
  EXPECT_EQ(format_of(formats, TensorKind::update).bits, 7u);
  EXPECT_EQ(format_of(formats, TensorKind::moment).bits, 9u);
}

}  // namespace
}  // namespace lnsim
