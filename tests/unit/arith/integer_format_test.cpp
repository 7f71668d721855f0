#include "models/arith/integer_format.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <stdexcept>

namespace lnsim::arith {
namespace {

std::unique_ptr<const NumberFormat> integer(unsigned bits) {
  return make_integer({.kind = FormatKind::integer, .bits = bits});
}

TEST(IntegerFormat, every_code_survives_the_quantiser_at_every_fraction_of_an_octave) {
  for (const unsigned bits : {2u, 5u, 8u}) {
    const auto format = integer(bits);
    QuantiseCounts counts;
    for (int k = -300; k < 300; k += bits == 8 ? 7 : 1)
      for (Code code = 0; code < Code{1} << bits; ++code) {
        if (!format->is_valid(code)) continue;
        ASSERT_EQ(format->quantise(format->value(code, {k}), {k}, counts), code) << bits << " " << k;
      }
    EXPECT_EQ(counts.saturated + counts.underflow_flushed, 0u);
  }
}

TEST(IntegerFormat, values_are_twos_complement_and_symmetric) {
  const auto format = integer(8);
  EXPECT_EQ(format->value(0x7f, {}), 127.0);
  EXPECT_EQ(format->value(0x81, {}), -127.0);
  EXPECT_EQ(format->value(0xff, {256}), -2.0);
  EXPECT_EQ(format->value(0x03, {-512}), 0.75);
  EXPECT_EQ(format->value(0x00, {77}), 0.0);
  EXPECT_FALSE(format->is_valid(0x80));
  EXPECT_FALSE(format->is_valid(0x100));
  EXPECT_EQ(format->zero_code(), 0u);
  EXPECT_EQ(format->scale_grid(), 256);
  EXPECT_EQ(format->storage_bits(), 8u);
  EXPECT_EQ(format->name(), "int8");
  EXPECT_EQ(format->parameters().bits, 8u);
  EXPECT_EQ(integer_value(0x8000, 16), -32768);
}

TEST(IntegerFormat, rounds_half_to_even_at_scale_one) {
  const auto format = integer(8);
  QuantiseCounts counts;
  for (int n = 0; n < 127; ++n) {
    const auto code = static_cast<Code>(n);
    ASSERT_EQ(format->quantise(n + 0.5, {}, counts), n % 2 == 0 ? code : code + 1);
    ASSERT_EQ(format->quantise(std::nextafter(n + 0.5, 0.0), {}, counts), code);
    ASSERT_EQ(format->quantise(std::nextafter(n + 0.5, 200.0), {}, counts), code + 1);
    ASSERT_EQ(format->quantise(-(n + 0.25), {}, counts), Code{256 - static_cast<unsigned>(n)} & 0xff);
  }
  EXPECT_EQ(format->relative_error_bound(), 1.0 / 3.0);
}

TEST(IntegerFormat, losses_are_counted) {
  const auto format = integer(8);
  QuantiseCounts counts;
  EXPECT_EQ(format->quantise(127.4, {}, counts), 0x7fu);
  EXPECT_EQ(counts.saturated, 0u);
  EXPECT_EQ(format->quantise(127.6, {}, counts), 0x7fu);
  EXPECT_EQ(format->quantise(-1e300, {}, counts), 0x81u);
  EXPECT_EQ(format->quantise(4e9, {}, counts), 0x7fu);
  EXPECT_EQ(counts.saturated, 3u);
  EXPECT_EQ(format->quantise(0.5, {}, counts), 0u);
  EXPECT_EQ(format->quantise(-1e-300, {}, counts), 0u);
  EXPECT_EQ(format->quantise(0.0, {}, counts), 0u);
  EXPECT_EQ(counts, (QuantiseCounts{.values = 7, .saturated = 3, .underflow_flushed = 2}));
}

TEST(IntegerFormat, the_groups_maximum_maps_to_the_top_code) {
  std::mt19937_64 random(6);
  for (const unsigned bits : {2u, 4u, 8u, 16u}) {
    const auto format = integer(bits);
    const double top = std::ldexp(1.0, static_cast<int>(bits) - 1) - 1;
    for (int i = 0; i < 1000; ++i) {
      const double max = std::ldexp(1 + std::ldexp(static_cast<double>(random() >> 12), -52),
                                    static_cast<int>(random() % 300) - 150);
      const Scale scale = format->scale_for(max);
      const double quotient = max / std::exp2(scale.k / 256.0);
      ASSERT_LE(quotient, top * (1 + 1e-14));
      ASSERT_GT(quotient * std::exp2(1 / 256.0), top * (1 - 1e-14));  // the next finer scale would exceed it
      if (bits > 8) continue;  // within 0.14 % the top code is the nearest
      QuantiseCounts counts;
      ASSERT_EQ(format->quantise(max, scale, counts), static_cast<Code>(top)) << bits << " " << max;
      ASSERT_EQ(counts.saturated, 0u);
    }
    EXPECT_EQ(format->scale_for(0.0), Scale{});
    EXPECT_EQ(format->scale_for(top), Scale{});
  }
}

TEST(IntegerFormat, stochastic_rounding_goes_up_exactly_as_often_as_the_distance_says) {
  const auto format = integer(8);
  QuantiseCounts counts;
  for (const double part : {0.125, 0.5, 0.75}) {
    const auto first_up = static_cast<std::uint32_t>(std::ldexp(1 - part, 32));
    EXPECT_EQ(format->quantise_stochastic(41 + part, {}, first_up, counts), 42u);
    EXPECT_EQ(format->quantise_stochastic(41 + part, {}, first_up - 1, counts), 41u);
    EXPECT_EQ(format->quantise_stochastic(-41 - part, {}, first_up, counts), 256u - 42u);
  }
  EXPECT_EQ(format->quantise_stochastic(9.0, {}, 0xffffffffu, counts), 9u);
}

TEST(IntegerFormat, neighbours_stop_at_the_ends) {
  const auto format = integer(4);
  EXPECT_EQ(format->next_up(0x7), 0x7u);
  EXPECT_EQ(format->next_up(0xf), 0x0u);
  EXPECT_EQ(format->next_down(0x0), 0xfu);
  EXPECT_EQ(format->next_down(0x9), 0x9u);
  const auto fields = format->fields(0xd);
  ASSERT_EQ(fields.size(), 1u);
  EXPECT_EQ(fields[0].bits, "1101");
  EXPECT_EQ(fields[0].meaning, "-3");
}

TEST(IntegerFormat, other_kinds_and_widths_are_refused) {
  EXPECT_THROW(integer(1), std::invalid_argument);
  EXPECT_THROW(integer(17), std::invalid_argument);
  EXPECT_THROW(make_integer({.kind = FormatKind::lns}), std::invalid_argument);
}

}  // namespace
}  // namespace lnsim::arith
