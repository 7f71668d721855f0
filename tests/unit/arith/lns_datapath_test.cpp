#include "models/arith/lns_datapath.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "models/arith/lns_format.h"

namespace lnsim::arith {
namespace {

constexpr Code kTop = 0x7f;       // 2^(127/8)
constexpr Code kOne = 0x00;       // 1
constexpr Code kNegative = 0x81;  // -2^(1/8)
constexpr Code kZero = 0x80;

// A datapath of two equal formats and one accumulator.
class Lane {
 public:
  explicit Lane(const DatapathParameters& parameters = {}, const FormatParameters& format = {})
      : format_(make_lns(format)), datapath_(make_lns_datapath(parameters, *format_, *format_)) {
    accumulator_.resize(datapath_->accumulator_bytes() / 8);
    datapath_->clear(bytes(accumulator_), 1);
  }

  const Datapath& datapath() const { return *datapath_; }
  const NumberFormat& format() const { return *format_; }

  void beat(const std::vector<Code>& a, const std::vector<Code>& b, std::int32_t offset_a = 0,
            unsigned padding = 0) {
    const std::size_t size = a.size() + padding;
    std::vector<std::int32_t> packed_a(size), packed_b(size);
    datapath_->pack_a(a, offset_a, bytes(packed_a));
    datapath_->pack_b(b, 0, bytes(packed_b));
    datapath_->pack_padding(padding, bytes(packed_a) + a.size() * datapath_->packed_bytes());
    datapath_->pack_padding(padding, bytes(packed_b) + b.size() * datapath_->packed_bytes());
    datapath_->beat(bytes(packed_a), bytes(packed_b), static_cast<unsigned>(size), 1, bytes(accumulator_),
                    counts);
  }
  double value() const { return datapath_->value(bytes(accumulator_)); }
  Code emit(const NumberFormat& output, Scale output_scale, Scale scale_a = {}, Scale scale_b = {}) {
    return datapath_->emit(bytes(accumulator_), scale_a, scale_b, output, output_scale, emitted);
  }

  DotCounts counts;
  QuantiseCounts emitted;

 private:
  template <class T>
  static std::byte* bytes(std::vector<T>& v) {
    return reinterpret_cast<std::byte*>(v.data());
  }
  template <class T>
  static const std::byte* bytes(const std::vector<T>& v) {
    return reinterpret_cast<const std::byte*>(v.data());
  }

  std::unique_ptr<const NumberFormat> format_;
  std::unique_ptr<const Datapath> datapath_;
  std::vector<std::uint64_t> accumulator_;
};

DatapathParameters with(AccumulatorMode mode) {
  DatapathParameters p;
  p.accumulator = mode;
  return p;
}

TEST(LnsDatapath, product_is_the_remainders_constant_shifted_by_the_quotient) {
  Lane lane;
  lane.beat({kTop}, {kTop});  // p = 254: octave 31, remainder 6, constant 431 / 256
  EXPECT_EQ(lane.value(), 431 * 0x1p23);
  EXPECT_EQ(lane.counts, (DotCounts{.products = 1}));
}

TEST(LnsDatapath, lsb_lies_so_many_octaves_below_the_largest_product) {
  // Largest product 2^31.75, so 2^32: the LSB weighs 2^(32 - 19) = 2^13.
  Lane lane;
  lane.beat({13 * 8}, {kOne});
  EXPECT_EQ(lane.value(), 0x1p13);
  EXPECT_EQ(lane.counts, (DotCounts{.products = 1}));
  Lane below;
  below.beat({13 * 8 - 1}, {kOne});
  EXPECT_EQ(below.value(), 0.0);
  EXPECT_EQ(below.counts, (DotCounts{.products = 1, .lost_products = 1, .truncated_sums = 1}));
}

struct RuleRow {
  TruncationRule rule;
  double positive, negative;  // in LSBs
};

TEST(LnsDatapath, truncation_rules_differ_below_the_lsb) {
  const std::vector<RuleRow> rows{{TruncationRule::floor, 2, -3},
                                  {TruncationRule::toward_zero, 2, -2},
                                  {TruncationRule::nearest_even, 2, -2}};
  for (const RuleRow& row : rows) {
    DatapathParameters p;
    p.truncation = row.rule;
    Lane positive(p), negative(p);
    positive.beat({14 * 8, 12 * 8}, {kOne, kOne});  // 2.5 LSB
    EXPECT_EQ(positive.value(), row.positive * 0x1p13);
    EXPECT_EQ(positive.counts.truncated_sums, 1u);
    negative.beat({0x80 | 14 * 8, 0x80 | 12 * 8}, {kOne, kOne});
    EXPECT_EQ(negative.value(), row.negative * 0x1p13);
  }
}

struct PointRow {
  TruncationPoint point;
  double value;  // in LSBs
  std::uint64_t truncated;
};

TEST(LnsDatapath, truncation_points_drop_different_bits) {
  // Four products of 0.5 * 2^(1/8) LSB and one of 2^(2/8) LSB, floor, constants 279 / 256 and 304 / 256.
  const std::vector<Code> a{97, 97, 97, 97, 106};
  const std::vector<Code> b(5, kOne);
  const std::vector<PointRow> rows{
      {TruncationPoint::product, 1, 1},   // halves are lost; 1.1875 -> 1
      {TruncationPoint::bin, 3, 2},       // 2 and 1 kept, 2.18 -> 2, 1.19 -> 1
      {TruncationPoint::constant, 3, 2},  // likewise
      {TruncationPoint::vector, 3, 1},    // 2.18 + 1.19 = 3.37 -> 3
  };
  for (const PointRow& row : rows) {
    DatapathParameters p;
    p.truncate_at = row.point;
    Lane lane(p);
    lane.beat(a, b);
    EXPECT_EQ(lane.value(), row.value * 0x1p13) << static_cast<int>(row.point);
    EXPECT_EQ(lane.counts, (DotCounts{.products = 5, .lost_products = 4, .truncated_sums = row.truncated}));
  }
}

TEST(LnsDatapath, narrow_accumulator_saturates_or_wraps_and_counts_it) {
  // 32 products of 431 * 2^10 LSB exceed 2^23.
  const std::vector<Code> a(32, kTop), negative(32, 0xff);
  DatapathParameters p;
  Lane saturating(p);
  saturating.beat(a, a);
  EXPECT_EQ(saturating.value(), (0x1p23 - 1) * 0x1p13);
  EXPECT_EQ(saturating.counts.saturations, 1u);
  Lane below(p);
  below.beat(a, negative);
  EXPECT_EQ(below.value(), -0x1p23 * 0x1p13);

  p.overflow = Overflow::wrap;
  Lane wrapping(p);
  wrapping.beat(a, a);
  EXPECT_EQ(wrapping.value(), (32 * 431 * 1024 - 0x1p24) * 0x1p13);
  EXPECT_EQ(wrapping.counts.saturations, 1u);
}

TEST(LnsDatapath, accumulates_over_beats) {
  Lane lane;
  for (int i = 0; i < 3; ++i) lane.beat({14 * 8}, {kOne});
  EXPECT_EQ(lane.value(), 3 * 0x1p14);
}

TEST(LnsDatapath, padding_is_not_counted_and_zero_is) {
  Lane lane;
  lane.beat({kTop, kZero, kZero}, {kZero, kOne, kZero}, 0, 30);
  EXPECT_EQ(lane.value(), 0.0);
  EXPECT_EQ(lane.counts, (DotCounts{.products = 3, .zero_products = 3}));
}

TEST(LnsDatapath, exact_accumulator_loses_nothing) {
  Lane lane(with(AccumulatorMode::exact));
  lane.beat({kOne, kTop, kNegative}, {kOne, kTop, kOne});
  EXPECT_EQ(lane.value(), 1 + 431 * 0x1p23 - 279.0 / 256);
  EXPECT_EQ(lane.counts, (DotCounts{.products = 3}));
}

TEST(LnsDatapath, exact_accumulator_is_as_wide_as_its_products_need) {
  // 31 octaves + 9 bits of the constant + sign + 22.
  const Lane single(with(AccumulatorMode::exact));
  EXPECT_EQ(single.datapath().accumulator_bits(), 63u);
  EXPECT_EQ(single.datapath().accumulator_bytes(), 8u);
  // 63 octaves + 9 + sign + 40: two words.
  const Lane two(with(AccumulatorMode::exact), {.gamma = 4});
  EXPECT_EQ(two.datapath().accumulator_bits(), 113u);
  EXPECT_EQ(two.datapath().accumulator_bytes(), 16u);
  EXPECT_EQ(Lane().datapath().accumulator_bits(), 24u);
  EXPECT_EQ(Lane().datapath().packed_bytes(), 4u);
}

TEST(LnsDatapath, wide_exact_accumulator_holds_products_of_any_distance) {
  Lane lane(with(AccumulatorMode::exact), {.bits = 10, .gamma = 1});
  const Code top = 511, one = 0;
  lane.beat({top, one, top}, {top, one, static_cast<Code>(top | 0x200)});
  EXPECT_EQ(lane.value(), 1.0);
}

TEST(LnsDatapath, scale_offset_lowers_the_operand) {
  FormatParameters format;
  format.granularity = ScaleGranularity::channel;
  Lane lane({}, format);
  lane.beat({kTop}, {kTop}, -8);
  EXPECT_EQ(lane.value(), 431 * 0x1p22);
  Lane exact(with(AccumulatorMode::exact), format);
  exact.beat({kOne}, {kOne}, -512 * 8);
  EXPECT_EQ(exact.value(), 0x1p-512);
  Lane lost({}, format);
  lost.beat({kOne}, {kOne}, -512 * 8);
  EXPECT_EQ(lost.counts, (DotCounts{.products = 1, .lost_products = 1, .truncated_sums = 1}));
}

std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(LnsDatapath, refuses_offsets_its_formats_do_not_have) {
  Lane tensor;
  EXPECT_EQ(refusal([&] { tensor.beat({kOne}, {kOne}, -1); }),
            "lns datapath: scale_offset: got -1, expected 0..0");
  FormatParameters format;
  format.granularity = ScaleGranularity::vector;
  Lane vector({}, format);
  EXPECT_EQ(refusal([&] { vector.beat({kOne}, {kOne}, -4097); }),
            "lns datapath: scale_offset: got -4097, expected -4096..0");
  EXPECT_EQ(refusal([&] { vector.beat({kOne}, {kOne}, 1); }),
            "lns datapath: scale_offset: got 1, expected -4096..0");
}

TEST(LnsDatapath, refuses_what_it_cannot_do) {
  Lane lane;
  const std::vector<Code> long_vector(1025, kOne);
  EXPECT_EQ(refusal([&] { lane.beat(long_vector, long_vector); }),
            "lns datapath: vector_size: got 1025, expected 0..1024");
  DatapathParameters p;
  p.accumulator_bits = 63;
  EXPECT_EQ(refusal([&] { Lane{p}; }), "lns datapath: accumulator_bits: got 63, expected 8..62");
  p = {};
  p.lsb_octaves = -1;
  EXPECT_EQ(refusal([&] { Lane{p}; }), "lns datapath: lsb_octaves: got -1, expected 0..8192");
  p = {};
  p.kind = DatapathKind::int8;
  EXPECT_EQ(refusal([&] { Lane{p}; }), "lns datapath: not of the kind lns");
  const auto coarse = make_lns({.bits = 16, .gamma = 1}), fine = make_lns({.bits = 16, .gamma = 2048});
  EXPECT_EQ(refusal([&] { make_lns_datapath({}, *coarse, *fine); }),
            "lns datapath: aligned exponent: got 67106816, expected 0..16777215");
  const auto integer = make_format({.kind = FormatKind::integer});
  EXPECT_EQ(refusal([&] { make_lns_datapath({}, *integer, *fine); }), "not a logarithmic format");
}

// 318 * 2^20 from six powers of two: the mantissa at which both midpoints differ.
const std::vector<Code> kMantissa318{28 * 4, 25 * 4, 24 * 4, 23 * 4, 22 * 4, 21 * 4};

TEST(LnsDatapath, emits_the_code_nearest_by_the_chosen_midpoints) {
  for (const Midpoint midpoint : {Midpoint::linear, Midpoint::geometric}) {
    DatapathParameters p = with(AccumulatorMode::exact);
    p.midpoint = midpoint;
    Lane lane(p);
    lane.beat(kMantissa318, kMantissa318);
    ASSERT_EQ(lane.value(), 318 * 0x1p20);
    // Octave 28, remainder 2 or 3.
    EXPECT_EQ(lane.emit(lane.format(), {28 * 8}), midpoint == Midpoint::linear ? 2u : 3u);
    EXPECT_EQ(lane.emitted, (QuantiseCounts{.values = 1}));
  }
}

TEST(LnsDatapath, emits_at_the_scales_of_its_operands) {
  Lane lane;
  lane.beat({kTop}, {kTop});
  // Largest operands of magnitude 1: the product is 1.
  EXPECT_EQ(lane.emit(lane.format(), {-127}, {-127}, {-127}), kTop);
  EXPECT_EQ(lane.emit(lane.format(), {-127 + 8}, {-127}, {-127}), kTop - 8);
}

TEST(LnsDatapath, emits_sign_zero_and_the_ends_of_the_range) {
  Lane lane;
  EXPECT_EQ(lane.emit(lane.format(), {}), kZero);
  lane.beat({0xff}, {kTop});
  EXPECT_EQ(lane.emit(lane.format(), {254 - 5}), 0x85u);
  EXPECT_EQ(lane.emitted, (QuantiseCounts{.values = 2}));
  EXPECT_EQ(lane.emit(lane.format(), {}), 0xffu);
  EXPECT_EQ(lane.emit(lane.format(), {300}), 0x81u);
  EXPECT_EQ(lane.emitted, (QuantiseCounts{.values = 4, .saturated = 1, .underflow_clamped = 1}));
}

TEST(LnsDatapath, emits_to_a_coarser_grid_half_to_even) {
  const auto coarse = make_lns({.bits = 8, .gamma = 4});
  for (const auto& [exponent, expected] :
       std::vector<std::pair<Code, Code>>{{112, 56}, {113, 56}, {115, 58}}) {
    Lane lane(with(AccumulatorMode::exact));
    lane.beat({exponent}, {kOne});
    EXPECT_EQ(lane.emit(*coarse, {}), expected) << exponent;
  }
}

TEST(LnsDatapath, emits_to_a_finer_grid_with_the_finer_midpoints) {
  DatapathParameters p = with(AccumulatorMode::exact);
  p.quantiser_bits = 20;
  p.constant_bits = 20;
  Lane lane(p);
  lane.beat({115}, {kOne});
  const auto fine = make_lns({.bits = 16, .gamma = 256});
  EXPECT_EQ(lane.emit(*fine, {}), Code{115 * 32});
}

TEST(LnsDatapath, emits_to_other_families_through_one_rounding_to_double) {
  Lane lane;
  lane.beat({115}, {kOne});  // 332 / 256 * 2^14, cut to the LSB: 2 * 2^13
  const auto fp32 = make_format({.kind = FormatKind::fp32});
  EXPECT_EQ(fp32->value(lane.emit(*fp32, {}), {}), 0x1p14);
  EXPECT_EQ(fp32->value(lane.emit(*fp32, {}, {1}), {}),
            static_cast<double>(static_cast<float>(0x1p14 * std::exp2(0.125))));
  // Beyond double on the way: the largest finite value.
  EXPECT_EQ(fp32->value(lane.emit(*fp32, {}, {100000}), {}), 0x1.fffffep127);
  EXPECT_EQ(lane.emitted, (QuantiseCounts{.values = 3, .saturated = 1}));
  Lane zero;
  EXPECT_EQ(fp32->value(zero.emit(*fp32, {}), {}), 0.0);
}

TEST(FormatTable, makes_every_kind_of_format_and_datapath) {
  for (std::size_t kind = 0; kind < kFormatKindNames.size(); ++kind)
    EXPECT_EQ(make_format({.kind = static_cast<FormatKind>(kind)})->parameters().kind,
              static_cast<FormatKind>(kind));
  const std::vector<FormatKind> operands{FormatKind::lns,    FormatKind::fp32,     FormatKind::fp16,
                                         FormatKind::bf16,   FormatKind::fp8_e4m3, FormatKind::fp8_e5m2,
                                         FormatKind::integer};
  for (std::size_t kind = 0; kind < kDatapathKindNames.size(); ++kind) {
    DatapathParameters p;
    p.kind = static_cast<DatapathKind>(kind);
    const auto format = make_format({.kind = operands[kind]});
    EXPECT_EQ(make_datapath(p, *format, *format)->parameters().kind, p.kind);
  }
}

TEST(FormatTable, refuses_unknown_kinds) {
  EXPECT_EQ(refusal([] { make_format({.kind = static_cast<FormatKind>(99)}); }),
            "number format of unknown kind");
  DatapathParameters p;
  p.kind = static_cast<DatapathKind>(99);
  const auto format = make_lns({});
  EXPECT_EQ(refusal([&] { make_datapath(p, *format, *format); }), "datapath of unknown kind");
}

}  // namespace
}  // namespace lnsim::arith
