// Operands: gathering them out of tensors, rounding them, scales of their groups.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "models/arith/lns_layout.h"
#include "sim/base/errors.h"
#include "sim/run/replay/operand_gather.h"
#include "sim/run/replay/operand_source.h"
#include "sim/run/replay/product_operand.h"
#include "tests/unit/run/replay_player.h"

namespace lnsim {
namespace {

using arith::Code;
using arith::FormatKind;
using arith::FormatParameters;
using arith::Scale;
using arith::ScaleGranularity;

constexpr std::int64_t kZero = -1, kPadding = -2;

// Every element of every row, by Product::offset.
std::vector<std::int64_t> offsets_one_by_one(const MatrixView& view, const Contraction& contraction,
                                             Packing packing, std::int64_t size, std::int64_t group,
                                             std::int64_t row) {
  std::vector<std::int64_t> result;
  for (std::int64_t v = 0; v < contraction.vectors(packing, size); ++v) {
    for (std::int64_t lane = 0; lane < size; ++lane) {
      const auto element = contraction.element(packing, size, v, lane);
      result.push_back(element.padding ? kPadding
                                       : Product::offset(view, group, row, element.channel, element.tap));
    }
  }
  return result;
}

template <class Element>
GatherSource source_of(const std::vector<Element>& tensor, const Element& zero, const Element& padding) {
  return {reinterpret_cast<const std::byte*>(tensor.data()), tensor.size(),
          reinterpret_cast<const std::byte*>(&zero), reinterpret_cast<const std::byte*>(&padding),
          sizeof(Element)};
}

void expect_gathers_offsets(const MatrixView& view, const Product& product, std::int64_t rows,
                            Packing packing, std::uint32_t size, std::size_t tensor_size) {
  std::vector<std::int64_t> identity(tensor_size);
  for (std::size_t i = 0; i < tensor_size; ++i) identity[i] = static_cast<std::int64_t>(i);
  const OperandGather gather(view, product.contraction, packing, size);
  ASSERT_EQ(gather.vectors(), product.contraction.vectors(packing, size));
  for (std::int64_t group = 0; group < product.groups; ++group) {
    for (std::int64_t row = 0; row < rows; ++row) {
      const auto expected = offsets_one_by_one(view, product.contraction, packing, size, group, row);
      std::vector<std::int64_t> got(expected.size());
      gather.read(source_of(identity, kZero, kPadding), group, row, 0, gather.vectors(),
                  reinterpret_cast<std::byte*>(got.data()));
      ASSERT_EQ(got, expected) << "group " << group << " row " << row;
    }
  }
}

TEST(OperandGather, reads_what_the_offsets_of_the_view_say_for_every_convolution_pass_and_packing) {
  const std::vector<ConvDims> convolutions{
      test::conv_dims(2, 5, 7, 3, 3, 1, 1),       test::conv_dims(1, 4, 8, 6, 3, 2, 1),
      test::conv_dims(2, 6, 5, 4, 1, 2, 0),       test::conv_dims(1, 4, 9, 8, 3, 1, 2, 2, 2),
      test::conv_dims(1, 3, 6, 3, 5, 3, 2, 3),    test::conv_dims(1, 2, 4, 2, 3, 1, 3),
      test::conv_dims(3, 2, 5, 3, 2, 3, 0, 1, 2),
  };
  for (const ConvDims& d : convolutions) {
    for (const Pass pass : {Pass::forward, Pass::input_gradient, Pass::weight_gradient}) {
      const test::Sizes sizes = test::sizes_of(d, pass);
      for (const Product& product : products_of(test::conv_operation(d, pass))) {
        for (const Packing packing : {Packing::channel, Packing::flat}) {
          for (const std::uint32_t size : {1u, 4u, 32u}) {
            expect_gathers_offsets(product.a, product, product.rows, packing, size, sizes.b);
            expect_gathers_offsets(product.b, product, product.columns, packing, size, sizes.a);
          }
        }
      }
    }
  }
}

TEST(OperandGather, moves_elements_of_every_size_it_supports) {
  const MatrixView view{.contraction = IndexKind::channel_tap, .line_stride = 1, .channel_stride = 2};
  const OperandGather gather(view, {3, 1}, Packing::channel, 4);
  for (const std::size_t bytes : {1u, 2u, 4u, 8u, 16u}) {
    std::vector<std::byte> tensor(8 * bytes), zero(bytes), padding(bytes, std::byte{0xff}), out(4 * bytes);
    for (std::size_t i = 0; i < tensor.size(); ++i) tensor[i] = static_cast<std::byte>(i);
    gather.read({tensor.data(), 8, zero.data(), padding.data(), bytes}, 0, 1, 0, 1, out.data());
    for (std::size_t lane = 0; lane < 4; ++lane) {
      const std::byte* expected = lane < 3 ? tensor.data() + (1 + 2 * lane) * bytes : padding.data();
      EXPECT_EQ(std::memcmp(out.data() + lane * bytes, expected, bytes), 0)
          << bytes << " bytes, lane " << lane;
    }
  }
}

TEST(OperandGather, refuses_to_read_beyond_the_tensor) {
  const MatrixView view{.contraction = IndexKind::channel_tap, .line_stride = 3, .channel_stride = 1};
  const OperandGather gather(view, {3, 1}, Packing::channel, 4);
  std::vector<std::byte> tensor(16), out(16);
  const GatherSource source{tensor.data(), 8, tensor.data(), tensor.data(), 1};
  EXPECT_NO_THROW(gather.read(source, 0, 1, 0, 1, out.data()));
  EXPECT_THROW(gather.read(source, 0, 2, 0, 1, out.data()), ModelError);
  EXPECT_THROW(gather.read(source, 0, -1, 0, 1, out.data()), ModelError);
}

TEST(OperandGather, refuses_element_sizes_and_vectors_that_do_not_exist) {
  const OperandGather gather(MatrixView{}, {3, 1}, Packing::channel, 4);
  std::vector<std::byte> three(64);
  const GatherSource odd{three.data(), 21, three.data(), three.data(), 3};
  EXPECT_THROW(gather.read(odd, 0, 0, 0, 1, three.data()), ModelError);
  const GatherSource one{three.data(), 64, three.data(), three.data(), 1};
  EXPECT_THROW(gather.read(one, 0, 0, 1, 1, three.data()), ModelError);
  EXPECT_THROW(gather.read(one, 0, 0, -1, 1, three.data()), ModelError);
}

TEST(OperandSource, rounds_activations_at_the_scale_of_their_maximum) {
  const auto format = arith::make_format({.bits = 8, .gamma = 8});
  const OperandSource source({1.0, -2.0, 0.5, 0.0}, *format, 1);
  // Top code 127 at 2: k = 8 * 1 - 127.
  EXPECT_EQ(source.tensor_scale().k, 8 - 127);
  arith::QuantiseCounts counts;
  EXPECT_EQ(source.quantise(0, source.tensor_scale(), 0, counts), 127u - 8);
  EXPECT_EQ(source.quantise(1, source.tensor_scale(), 1, counts), 0x80u | 127);
  EXPECT_EQ(source.quantise(2, source.tensor_scale(), 2, counts), 127u - 16);
  EXPECT_EQ(source.quantise(3, source.tensor_scale(), 3, counts), format->zero_code());
  EXPECT_EQ(counts.values, 4u);
}

TEST(OperandSource, takes_weights_through_their_stored_codes_with_ties_rounded_up_in_integers) {
  const FormatParameters stored_parameters{.bits = 16, .gamma = 2048, .zero = arith::ZeroCode::flag};
  const auto stored = arith::make_format(stored_parameters);
  const auto format = arith::make_format({.bits = 8, .gamma = 8, .zero = arith::ZeroCode::flag});
  const Scale scale{-31488};
  std::vector<double> values;
  for (Code e = 0; e < 32768; ++e) values.push_back(stored->value(e, scale));
  const OperandSource source(values, {stored.get(), scale}, *format, 1);
  EXPECT_EQ(source.tensor_scale().k, -123);
  EXPECT_EQ(source.stored_counts().values, 32768u);
  arith::QuantiseCounts counts;
  for (Code e = 0; e < 32768; ++e) {
    ASSERT_EQ(source.quantise(e, source.tensor_scale(), e, counts), std::min(127u, (e + 128) >> 8)) << e;
  }
}

TEST(OperandSource, takes_weights_for_other_formats_from_the_value_of_the_stored_code) {
  const auto stored = arith::make_format({.bits = 8, .gamma = 1});
  const auto format = arith::make_format({.kind = FormatKind::fp8_e4m3});
  // 3 is stored as 4 (log2 3 = 1.58 is nearer to 2), which every float has.
  const OperandSource source({3.0}, {stored.get(), stored->scale_for(3.0)}, *format, 1);
  EXPECT_EQ(source.values()[0], 4.0);
  arith::QuantiseCounts counts;
  EXPECT_EQ(format->value(source.quantise(0, source.tensor_scale(), 0, counts), source.tensor_scale()), 4.0);
}

TEST(OperandSource, puts_the_scale_of_converted_weights_on_powers_of_two_where_the_format_asks_for_them) {
  const auto stored = arith::make_format({.bits = 16, .gamma = 2048});
  const auto format = arith::make_format({.bits = 8, .gamma = 8, .scale = arith::ScaleKind::power_of_two});
  const OperandSource source({1.0}, {stored.get(), {-31488}}, *format, 1);
  EXPECT_EQ(source.tensor_scale().k, -120);  // the next multiple of 8 above -123
}

TEST(OperandSource, rounds_stochastically_by_element_whatever_the_order) {
  const auto format = arith::make_format({.bits = 8, .gamma = 2, .rounding = arith::Rounding::stochastic});
  const OperandSource source(test::random_values(200, 3), *format, seed_of("fc/x"));
  const OperandSource other(test::random_values(200, 3), *format, seed_of("fc/y"));
  arith::QuantiseCounts counts;
  std::vector<Code> forwards(200), backwards(200), seeded(200);
  for (std::size_t i = 0; i < 200; ++i) {
    forwards[i] = source.quantise(i, source.tensor_scale(), i, counts);
    backwards[199 - i] = source.quantise(199 - i, source.tensor_scale(), 199 - i, counts);
    seeded[i] = other.quantise(i, other.tensor_scale(), i, counts);
  }
  EXPECT_EQ(forwards, backwards);
  EXPECT_NE(forwards, seeded);
}

TEST(OperandSource, gives_groups_of_zeros_the_scale_of_the_tensor) {
  const auto format = arith::make_format({});
  const OperandSource source({0.25, -8.0}, *format, 1);
  EXPECT_EQ(source.group_scale(0.0), source.tensor_scale());
  EXPECT_EQ(source.group_scale(8.0), source.tensor_scale());
  EXPECT_EQ(source.group_scale(0.25).k, source.tensor_scale().k - 5 * 8);
}

TEST(StoredWeightScale, follows_the_record_where_the_formats_span_the_same_octaves) {
  UpdateRecord record;
  record.store_bits = 16;
  record.store_gamma = 2048;
  record.store_k = -31488;
  record.store_kb = -123;
  const auto scale = [&](FormatParameters p, const UpdateRecord* r, double largest = 1.0) {
    return stored_weight_scale(r, *arith::make_format(p), largest).k;
  };
  EXPECT_EQ(scale({.bits = 16, .gamma = 2048}, &record), -31488);
  EXPECT_EQ(scale({.bits = 12, .gamma = 128}, &record), -1968);
  EXPECT_EQ(scale({.bits = 8, .gamma = 8}, &record), -123);
  // Other spans, other kinds, and no record: the largest magnitude decides.
  EXPECT_EQ(scale({.bits = 16, .gamma = 1024}, &record), -32767);
  EXPECT_EQ(scale({.bits = 16, .gamma = 2048}, nullptr), -32767);
  EXPECT_EQ(scale({.kind = FormatKind::fp32}, &record), 0);
  // -31488 is no multiple of 2048, so no power of two; 4 = 2^((4096 - 32767 + 32767) / 2048) takes the next
  // above -28671.
  const FormatParameters powers{.bits = 16, .gamma = 2048, .scale = arith::ScaleKind::power_of_two};
  EXPECT_EQ(scale(powers, &record, 4.0), -26624);
  record.store_k = -30720;
  EXPECT_EQ(scale(powers, &record, 4.0), -30720);
  UpdateRecord without;
  EXPECT_EQ(scale({.bits = 16, .gamma = 2048}, &without), -32767);
}

// A 3 x 6 matrix, in vectors of 4: the last slots of the second vector are free.
struct SmallOperand {
  explicit SmallOperand(ScaleGranularity granularity)
      : format(arith::make_format({.bits = 8, .gamma = 8, .granularity = granularity})),
        other(arith::make_format({})),
        datapath(arith::make_datapath({}, *format, *other)),
        values{1, 2, 3, 4, 5, 6, .1, .2, .3, .4, .05, .06, 0, 0, 0, 0, 0, 0},
        source(values, *format, 1),
        view{.contraction = IndexKind::channel_tap, .line_stride = 6, .channel_stride = 1},
        layout{.view = &view,
               .groups = 1,
               .rows = 3,
               .contraction = {6, 1},
               .packing = Packing::channel,
               .vector_size = 4},
        operand(granularity == ScaleGranularity::tensor
                    ? ProductOperand(layout, pack_whole(source, *datapath, Side::a, counts),
                                     source.tensor_scale())
                    : ProductOperand(layout, source, *datapath, Side::a, 0, counts)) {}

  double value(std::int64_t row, std::size_t element) const {
    std::vector<double> row_values(8);
    operand.values(0, row, row_values.data());
    return row_values[element];
  }

  std::unique_ptr<const arith::NumberFormat> format, other;
  std::unique_ptr<const arith::Datapath> datapath;
  std::vector<double> values;
  OperandSource source;
  MatrixView view;
  OperandLayout layout;
  arith::QuantiseCounts counts;
  ProductOperand operand;
};

TEST(ProductOperand, rounds_every_value_within_the_bound_at_each_granularity) {
  for (const auto granularity :
       {ScaleGranularity::tensor, ScaleGranularity::channel, ScaleGranularity::vector}) {
    const SmallOperand small(granularity);
    EXPECT_EQ(small.counts.values, 18u);
    for (std::size_t i = 0; i < 18; ++i) {
      const double x = small.values[i];
      const double bound = std::abs(x) * small.format->relative_error_bound() * (1 + 1e-12);
      EXPECT_NEAR(small.value(static_cast<std::int64_t>(i / 6), i % 6), x, bound) << i;
    }
    EXPECT_EQ(small.value(0, 6), 0.0);
  }
}

TEST(ProductOperand, leaves_the_scale_of_a_row_to_the_post_processing_unit) {
  const SmallOperand tensor(ScaleGranularity::tensor), channel(ScaleGranularity::channel),
      vector(ScaleGranularity::vector);
  const Scale whole = tensor.format->scale_for(6);
  for (const std::int64_t row : {0, 1, 2}) {
    EXPECT_EQ(tensor.operand.scale(0, row), whole);
    EXPECT_EQ(vector.operand.scale(0, row), whole);
  }
  EXPECT_EQ(channel.operand.scale(0, 0), whole);
  EXPECT_EQ(channel.operand.scale(0, 1), channel.format->scale_for(.4));
  EXPECT_EQ(channel.operand.scale(0, 2), whole);
}

TEST(ProductOperand, uses_codes_below_the_range_of_the_tensor_with_scales_per_vector) {
  // One large value; the others 20 octaves below, beyond the 15.875 octaves of the format.
  std::vector<double> values(8, 0x1p-20);
  values[0] = 1;
  for (const auto granularity : {ScaleGranularity::tensor, ScaleGranularity::vector}) {
    const auto format = arith::make_format(
        {.bits = 8, .gamma = 8, .underflow = arith::Underflow::flush, .granularity = granularity});
    const auto datapath = arith::make_datapath({}, *format, *format);
    const OperandSource source(values, *format, 1);
    const MatrixView view{.contraction = IndexKind::channel_tap, .line_stride = 8, .channel_stride = 1};
    const OperandLayout layout{.view = &view, .contraction = {8, 1}, .vector_size = 4};
    arith::QuantiseCounts counts;
    const ProductOperand operand =
        granularity == ScaleGranularity::tensor
            ? ProductOperand(layout, pack_whole(source, *datapath, Side::b, counts), source.tensor_scale())
            : ProductOperand(layout, source, *datapath, Side::b, 0, counts);
    std::vector<double> row(8);
    operand.values(0, 0, row.data());
    EXPECT_EQ(row[1], 0.0);
    EXPECT_EQ(row[4], granularity == ScaleGranularity::tensor ? 0.0 : 0x1p-20);
    EXPECT_EQ(counts.underflow_flushed, granularity == ScaleGranularity::tensor ? 7u : 3u);
  }
}

TEST(ProductOperand, pads_rows_and_vectors_that_it_does_not_have) {
  const SmallOperand small(ScaleGranularity::tensor);
  const std::size_t element = small.datapath->packed_bytes();
  std::vector<std::byte> padding(element), packed(2 * 3 * 4 * element);
  small.datapath->pack_padding(1, padding.data());
  // Rows 2 and 3, vectors 1 to 3: only row 2, vector 1, elements 0 and 1 exist.
  small.operand.read(0, 2, 2, 1, 3, packed.data());
  std::vector<Code> zero(1, small.format->zero_code());
  std::vector<std::byte> packed_zero(element);
  small.datapath->pack_a(zero, 0, packed_zero.data());
  for (std::size_t i = 0; i < 24; ++i) {
    const std::vector<std::byte>& expected = i < 2 ? packed_zero : padding;
    EXPECT_EQ(std::memcmp(packed.data() + i * element, expected.data(), element), 0) << i;
  }
}

TEST(ProductOperand, of_an_integer_lane_has_no_scales_per_vector) {
  const auto format =
      arith::make_format({.kind = FormatKind::integer, .granularity = ScaleGranularity::vector});
  const auto datapath = arith::make_datapath({.kind = arith::DatapathKind::int8}, *format, *format);
  const OperandSource source({1, 1, 1, 1, .5, .5, .5, .5}, *format, 1);
  const MatrixView view{.contraction = IndexKind::channel_tap, .line_stride = 8, .channel_stride = 1};
  const OperandLayout layout{.view = &view, .contraction = {8, 1}, .vector_size = 4};
  arith::QuantiseCounts counts;
  EXPECT_THROW(ProductOperand(layout, source, *datapath, Side::a, 0, counts), std::invalid_argument);
}

}  // namespace
}  // namespace lnsim
