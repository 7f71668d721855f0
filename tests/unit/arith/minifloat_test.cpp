#include "models/arith/minifloat.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

namespace lnsim::arith {
namespace {

FormatParameters of(FormatKind kind) {
  return {.kind = kind};
}
FormatParameters split(unsigned exponent_bits, unsigned mantissa_bits) {
  return {.kind = FormatKind::minifloat, .exponent_bits = exponent_bits, .mantissa_bits = mantissa_bits};
}

// Every format of at most 16 bits that a configuration is likely to name, and the narrowest ones.
std::vector<FormatParameters> narrow_formats() {
  return {of(FormatKind::fp8_e4m3),
          of(FormatKind::fp8_e5m2),
          of(FormatKind::bf16),
          of(FormatKind::fp16),
          split(2, 0),
          split(2, 1),
          split(3, 2),
          split(5, 0),
          split(4, 3),
          split(8, 0)};
}

// The value of a code by the text of the standards, in floating point.
double by_definition(const MinifloatLayout& layout, Code code) {
  const auto exponent_bits = static_cast<int>(layout.exponent_bits),
             m = static_cast<int>(layout.mantissa_bits);
  const int sign = static_cast<int>(code >> (exponent_bits + m) & 1);
  const int e = static_cast<int>(code >> m) & ((1 << exponent_bits) - 1);
  const int f = static_cast<int>(code) & ((1 << m) - 1);
  const int bias = (1 << (exponent_bits - 1)) - 1, last = (1 << exponent_bits) - 1;
  double magnitude;
  if (layout.ocp_e4m3 && e == last && f == 7) {
    magnitude = std::nan("");
  } else if (!layout.ocp_e4m3 && e == last) {
    magnitude = f == 0 ? std::numeric_limits<double>::infinity() : std::nan("");
  } else {
    magnitude = e == 0 ? std::ldexp(f, 1 - bias - m) : std::ldexp(1 + std::ldexp(f, -m), e - bias);
  }
  return sign != 0 ? -magnitude : magnitude;
}

TEST(Minifloat, every_code_of_up_to_16_bits_has_the_standards_value) {
  for (const FormatParameters& parameters : narrow_formats()) {
    const auto format = make_minifloat(parameters);
    const MinifloatLayout layout = minifloat_layout(parameters);
    for (Code code = 0; code < Code{1} << format->storage_bits(); ++code) {
      const double expected = by_definition(layout, code), got = format->value(code, {});
      ASSERT_TRUE(std::isnan(expected) ? std::isnan(got) : got == expected) << format->name() << " " << code;
      ASSERT_TRUE(format->is_valid(code));
      if (std::isfinite(expected)) {
        ASSERT_EQ(format->value(code, {-9}), std::ldexp(expected, -9));
      }
    }
    EXPECT_FALSE(format->is_valid(Code{1} << format->storage_bits()));
  }
}

TEST(Minifloat, every_finite_code_survives_the_quantiser) {
  for (const FormatParameters& parameters : narrow_formats()) {
    const auto format = make_minifloat(parameters);
    QuantiseCounts counts;
    std::uint64_t finite = 0;
    for (Code code = 0; code < Code{1} << format->storage_bits(); ++code) {
      const double x = format->value(code, {5});
      if (!std::isfinite(x)) continue;
      ++finite;
      ASSERT_EQ(format->quantise(x, {5}, counts), code) << format->name();
      ASSERT_EQ(format->quantise_stochastic(x, {5}, 0xffffffffu, counts), code) << format->name();
    }
    EXPECT_EQ(counts, (QuantiseCounts{.values = 2 * finite})) << format->name();
  }
}

TEST(Minifloat, midpoints_go_to_even_and_their_neighbours_to_the_nearer_code) {
  for (const FormatParameters& parameters : narrow_formats()) {
    const auto format = make_minifloat(parameters);
    const Code last = minifloat_layout(parameters).max_finite();
    QuantiseCounts counts;
    for (Code code = 0; code < last; ++code) {
      const double low = format->value(code, {}), high = format->value(code + 1, {});
      const double middle = low + (high - low) / 2;
      ASSERT_EQ(format->quantise(middle, {}, counts), code % 2 == 0 ? code : code + 1) << format->name();
      ASSERT_EQ(format->quantise(std::nextafter(middle, 0), {}, counts), code) << format->name();
      ASSERT_EQ(format->quantise(std::nextafter(middle, high), {}, counts), code + 1) << format->name();
    }
    EXPECT_EQ(counts.saturated, 0u);
    EXPECT_EQ(counts.underflow_flushed, 2u);  // half the smallest code, and what lies below it
  }
}

TEST(Minifloat, published_limits_of_the_8_bit_formats) {
  const auto e4m3 = make_minifloat(of(FormatKind::fp8_e4m3)), e5m2 = make_minifloat(of(FormatKind::fp8_e5m2));
  EXPECT_EQ(e4m3->value(0x7e, {}), 448.0);
  EXPECT_EQ(e4m3->value(0x01, {}), std::ldexp(1.0, -9));
  EXPECT_EQ(e4m3->value(0x08, {}), std::ldexp(1.0, -6));
  EXPECT_TRUE(std::isnan(e4m3->value(0x7f, {})));
  EXPECT_EQ(minifloat_layout(of(FormatKind::fp8_e4m3)).nan(), 0x7fu);
  EXPECT_EQ(e5m2->value(0x7b, {}), 57344.0);
  EXPECT_EQ(e5m2->value(0x01, {}), std::ldexp(1.0, -16));
  EXPECT_EQ(e5m2->value(0xfc, {}), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(minifloat_layout(of(FormatKind::fp8_e5m2)).nan(), 0x7eu);
  EXPECT_EQ(minifloat_layout(split(3, 0)).nan(), 7u);
}

TEST(Minifloat, values_beyond_the_range_saturate_and_are_counted) {
  const auto format = make_minifloat(of(FormatKind::fp8_e4m3));
  QuantiseCounts counts;
  EXPECT_EQ(format->quantise(464.0, {}, counts), 0x7eu);  // the tie goes to the even code, 448
  EXPECT_EQ(counts.saturated, 0u);
  EXPECT_EQ(format->quantise(465.0, {}, counts), 0x7eu);
  EXPECT_EQ(format->quantise(-1e300, {}, counts), 0xfeu);
  EXPECT_EQ(format->quantise_stochastic(1e300, {}, 0, counts), 0x7eu);
  EXPECT_EQ(counts, (QuantiseCounts{.values = 4, .saturated = 3}));
}

TEST(Minifloat, zeros_keep_their_sign_and_underflow_is_counted) {
  const auto format = make_minifloat(of(FormatKind::fp8_e5m2));
  QuantiseCounts counts;
  EXPECT_EQ(format->quantise(0.0, {}, counts), format->zero_code());
  EXPECT_EQ(format->quantise(-0.0, {}, counts), 0x80u);
  EXPECT_EQ(counts.underflow_flushed, 0u);
  EXPECT_EQ(format->quantise(-1e-300, {}, counts), 0x80u);
  EXPECT_EQ(format->quantise_stochastic(1e-300, {}, 0xffffffffu, counts), 0x00u);
  EXPECT_EQ(counts.underflow_flushed, 2u);
}

TEST(Minifloat, single_precision_equals_the_hosts_conversion) {
  const auto format = make_minifloat(of(FormatKind::fp32));
  std::mt19937_64 random(4);
  QuantiseCounts counts;
  for (int i = 0; i < 300000; ++i) {
    const auto field = 1023 - 155 + random() % 282;
    const double x = std::bit_cast<double>((random() & 1) << 63 | field << 52 | random() >> 12);
    const auto expected = static_cast<float>(x);
    if (std::isinf(expected)) continue;
    ASSERT_EQ(format->quantise(x, {}, counts), std::bit_cast<std::uint32_t>(expected)) << x;
    ASSERT_EQ(format->value(std::bit_cast<std::uint32_t>(expected), {}), static_cast<double>(expected));
  }
}

TEST(Minifloat, stochastic_rounding_goes_up_exactly_as_often_as_the_distance_says) {
  for (const FormatParameters& parameters :
       {of(FormatKind::fp8_e4m3), of(FormatKind::bf16), of(FormatKind::fp32)}) {
    const auto format = make_minifloat(parameters);
    QuantiseCounts counts;
    for (const Code code : {Code{1}, Code{5}, minifloat_layout(parameters).max_finite() / 2}) {
      const double low = format->value(code, {}), high = format->value(code + 1, {});
      for (const double part : {0.125, 0.5, 0.75}) {
        const double x = low + part * (high - low);
        const auto first_up = static_cast<std::uint32_t>(std::ldexp(1 - part, 32));
        ASSERT_EQ(format->quantise_stochastic(x, {}, first_up, counts), code + 1);
        ASSERT_EQ(format->quantise_stochastic(x, {}, first_up - 1, counts), code);
        ASSERT_EQ(format->quantise_stochastic(-x, {}, first_up, counts),
                  minifloat_layout(parameters).sign_bit() | (code + 1));
      }
    }
  }
}

TEST(Minifloat, scale_puts_the_maximum_into_the_top_binade_without_saturation) {
  std::mt19937_64 random(5);
  for (const FormatParameters& parameters :
       {of(FormatKind::fp8_e4m3), of(FormatKind::fp8_e5m2), of(FormatKind::fp16), split(3, 2), split(2, 0)}) {
    const auto format = make_minifloat(parameters);
    const double largest = format->value(minifloat_layout(parameters).max_finite(), {});
    for (int i = 0; i < 2000; ++i) {
      const double max = std::ldexp(1 + std::ldexp(static_cast<double>(random() >> 12), -52),
                                    static_cast<int>(random() % 200) - 100);
      const Scale scale = format->scale_for(max);
      QuantiseCounts counts;
      format->quantise(max, scale, counts);
      ASSERT_EQ(counts.saturated, 0u);
      const double scaled = std::ldexp(max, -scale.k);
      ASSERT_LE(scaled, largest);
      ASSERT_GT(2 * scaled, largest) << format->name();  // the next finer scale would saturate
    }
    EXPECT_EQ(format->scale_for(0.0), Scale{});
    EXPECT_EQ(format->scale_grid(), 1);
  }
  EXPECT_EQ(make_minifloat(of(FormatKind::fp32))->scale_for(1e-20), Scale{});
  EXPECT_EQ(make_minifloat(of(FormatKind::bf16))->scale_for(1e20), Scale{});
}

TEST(Minifloat, relative_error_stays_inside_its_bound_and_reaches_it) {
  for (const FormatParameters& parameters : narrow_formats()) {
    const auto format = make_minifloat(parameters);
    const MinifloatLayout layout = minifloat_layout(parameters);
    double worst = 0;
    QuantiseCounts counts;
    for (Code code = Code{1} << layout.mantissa_bits; code < layout.max_finite(); ++code) {
      const double low = format->value(code, {}), high = format->value(code + 1, {});
      const double middle = low + (high - low) / 2;
      worst = std::max(worst,
                       std::abs(format->value(format->quantise(middle, {}, counts), {}) - middle) / middle);
    }
    EXPECT_LE(worst, format->relative_error_bound()) << format->name();
    EXPECT_GE(worst, 0.75 * format->relative_error_bound()) << format->name();
  }
}

TEST(Minifloat, neighbours_are_the_next_values_in_order) {
  const auto format = make_minifloat(of(FormatKind::fp8_e4m3));
  Code code = 0xfe;  // -448
  int steps = 0;
  while (format->next_up(code) != code) {
    const Code next = format->next_up(code);
    ASSERT_LT(format->value(code, {}), format->value(next, {}) + (next == 0x80 ? 1 : 0));
    if ((next & 0x7f) != 0) {
      ASSERT_EQ(format->value(format->next_down(next), {}), format->value(code, {}));
    }
    code = next;
    ++steps;
  }
  EXPECT_EQ(code, 0x7eu);
  EXPECT_EQ(steps, 2 * 126);  // both zeros are one value
  EXPECT_EQ(format->next_up(0x7f), 0x7fu);
  EXPECT_EQ(make_minifloat(of(FormatKind::fp8_e5m2))->next_down(0x7c), 0x7cu);
}

TEST(Minifloat, fields_are_readable) {
  const auto format = make_minifloat(of(FormatKind::fp8_e4m3));
  const auto fields = format->fields(0xb9);
  ASSERT_EQ(fields.size(), 3u);
  EXPECT_EQ(fields[0].bits, "1");
  EXPECT_EQ(fields[0].meaning, "negative");
  EXPECT_EQ(fields[1].bits, "0111");
  EXPECT_EQ(fields[1].meaning, "2^0");
  EXPECT_EQ(fields[2].bits, "001");
  EXPECT_EQ(fields[2].meaning, "1/8");
  EXPECT_EQ(format->fields(0x00)[1].meaning, "zero");
  EXPECT_EQ(format->fields(0x03)[1].meaning, "subnormal, 2^-6");
  EXPECT_EQ(format->fields(0x7f)[1].meaning, "not a number");
  EXPECT_EQ(make_minifloat(split(3, 0))->fields(0x07)[1].meaning, "infinity");
  EXPECT_EQ(make_minifloat(split(3, 0))->fields(0x07).size(), 2u);
}

TEST(Minifloat, names_say_the_format) {
  EXPECT_EQ(make_minifloat(of(FormatKind::fp8_e4m3))->name(), "fp8_e4m3");
  EXPECT_EQ(make_minifloat(of(FormatKind::bf16))->name(), "bf16");
  EXPECT_EQ(make_minifloat(split(3, 2))->name(), "e3m2");
  EXPECT_EQ(make_minifloat(split(3, 2))->storage_bits(), 6u);
  EXPECT_EQ(make_minifloat(split(3, 2))->parameters(), split(3, 2));
}

TEST(Minifloat, shapes_out_of_range_are_refused) {
  EXPECT_THROW(make_minifloat(split(1, 3)), std::invalid_argument);
  EXPECT_THROW(make_minifloat(split(9, 3)), std::invalid_argument);
  EXPECT_THROW(make_minifloat(split(4, 24)), std::invalid_argument);
  EXPECT_THROW(make_minifloat(of(FormatKind::lns)), std::invalid_argument);
  EXPECT_THROW(make_minifloat(of(FormatKind::integer)), std::invalid_argument);
}

}  // namespace
}  // namespace lnsim::arith
