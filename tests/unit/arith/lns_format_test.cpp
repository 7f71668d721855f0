#include "models/arith/lns_format.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace lnsim::arith {
namespace {

FormatParameters lns(unsigned bits, unsigned gamma, ZeroCode zero = ZeroCode::reserved,
                     Underflow underflow = Underflow::clamp) {
  return {.bits = bits, .gamma = gamma, .zero = zero, .underflow = underflow};
}

struct Quantised {
  Code code;
  QuantiseCounts counts;
};
Quantised quantise(const NumberFormat& format, double x, Scale scale = {}) {
  Quantised result{};
  result.code = format.quantise(x, scale, result.counts);
  return result;
}

constexpr QuantiseCounts kKept{.values = 1};
constexpr QuantiseCounts kSaturated{.values = 1, .saturated = 1};
constexpr QuantiseCounts kClamped{.values = 1, .underflow_clamped = 1};
constexpr QuantiseCounts kFlushed{.values = 1, .underflow_flushed = 1};

TEST(LnsFormat, code_is_sign_and_exponent) {
  const auto format = make_lns(lns(8, 8));
  EXPECT_EQ(quantise(*format, 1.0).code, 0x00u);
  EXPECT_EQ(quantise(*format, 2.0).code, 0x08u);
  EXPECT_EQ(quantise(*format, -2.0).code, 0x88u);
  EXPECT_EQ(quantise(*format, 0x1p15).code, 0x78u);
  EXPECT_EQ(format->value(0x78, {}), 0x1p15);
  EXPECT_EQ(format->value(0x88, {}), -2.0);
  EXPECT_EQ(format->value(0x04, {}), std::sqrt(2.0));
  EXPECT_EQ(format->name(), "lns8g8");
  EXPECT_EQ(format->scale_grid(), 8);
  EXPECT_EQ(format->storage_bits(), 8u);
}

TEST(LnsFormat, rounds_to_the_nearest_code_in_the_log_domain) {
  const auto format = make_lns(lns(8, 1));
  EXPECT_EQ(quantise(*format, 1.414213562373095).code, 0u);   // the double below sqrt(2)
  EXPECT_EQ(quantise(*format, 1.4142135623730951).code, 1u);  // the double above it
  const auto fine = make_lns(lns(8, 8));
  EXPECT_EQ(quantise(*fine, 1.0442737824274138).code, 0u);  // 2^(1/16) = 1.04427378242741384...
  EXPECT_EQ(quantise(*fine, 1.0442737824274140).code, 1u);
}

TEST(LnsFormat, every_code_of_every_format_is_its_own_nearest) {
  for (unsigned bits = 2; bits <= 16; ++bits) {
    for (unsigned gamma = 1; gamma <= 2048; gamma *= 2) {
      if (gamma == 1 && bits > 11) continue;  // beyond the range of double
      const auto format = make_lns(lns(bits, gamma, ZeroCode::flag));
      const Scale scale{-static_cast<std::int32_t>((1u << (bits - 2)) - 1)};
      for (Code code = 0; code < 1u << bits; ++code) {
        const double value = format->value(code, scale);
        if (value == 0 || !std::isfinite(value) || std::abs(value) < 1e-300) continue;
        const Quantised q = quantise(*format, value, scale);
        ASSERT_EQ(q.code, code) << format->name();
        ASSERT_EQ(q.counts, kKept);
      }
    }
  }
}

TEST(LnsFormat, relative_error_bound_is_the_published_table) {
  const std::vector<double> percent{41.4, 18.9, 9.05, 4.43, 2.19, 1.09};
  for (unsigned i = 0; i < percent.size(); ++i)
    EXPECT_NEAR(100 * make_lns(lns(8, 1u << i))->relative_error_bound(), percent[i], i < 2 ? 0.05 : 0.005);
}

TEST(LnsFormat, relative_error_stays_below_its_bound_and_reaches_it) {
  for (unsigned gamma = 1; gamma <= 2048; gamma *= 2) {
    const auto format = make_lns(lns(16, gamma, ZeroCode::flag));
    const Scale scale{-static_cast<std::int32_t>(4 * gamma)};
    double worst = 0;
    for (unsigned i = 0; i < 20000; ++i) {
      const double x = 0.7 + 1e-4 * i;
      worst = std::max(worst, std::abs(format->value(quantise(*format, x, scale).code, scale) / x - 1));
    }
    EXPECT_LE(worst, format->relative_error_bound() * (1 + 1e-12));
    EXPECT_GE(worst, format->relative_error_bound() * 0.95);
  }
}

TEST(LnsFormat, rounding_up_across_the_top_saturates) {
  const auto format = make_lns(lns(8, 8));
  const double top = format->value(0x7f, {});
  EXPECT_EQ(quantise(*format, top * 1.0442).counts, kKept);
  const Quantised above = quantise(*format, -top * 1.0443);  // 2^(1/16) = 1.04427
  EXPECT_EQ(above.code, 0xffu);
  EXPECT_EQ(above.counts, kSaturated);
  EXPECT_EQ(quantise(*format, std::numeric_limits<double>::max()).counts, kSaturated);
}

TEST(LnsFormat, underflow_begins_half_a_step_below_the_smallest_code) {
  const auto clamp = make_lns(lns(8, 8));
  const auto flush = make_lns(lns(8, 8, ZeroCode::reserved, Underflow::flush));
  EXPECT_EQ(quantise(*clamp, 0.958).counts, kKept);  // 2^(-1/16) = 0.9576
  EXPECT_EQ(quantise(*clamp, 0.957).counts, kClamped);
  EXPECT_EQ(quantise(*clamp, 0.957).code, 0u);
  EXPECT_EQ(quantise(*flush, 0.958).counts, kKept);
  EXPECT_EQ(quantise(*flush, 0.957).counts, kFlushed);
  EXPECT_EQ(quantise(*flush, 0.957).code, flush->zero_code());
  EXPECT_EQ(quantise(*clamp, std::numeric_limits<double>::denorm_min()).counts, kClamped);
}

TEST(LnsFormat, reserved_zero_takes_the_smallest_negative_code) {
  const auto clamp = make_lns(lns(8, 8));
  EXPECT_EQ(clamp->zero_code(), 0x80u);
  EXPECT_EQ(clamp->value(0x80, {}), 0.0);
  EXPECT_EQ(quantise(*clamp, 0.0).code, 0x80u);
  EXPECT_EQ(quantise(*clamp, 0.0).counts, kKept);
  EXPECT_EQ(quantise(*clamp, -1.0).code, 0x81u);
  EXPECT_EQ(quantise(*clamp, -1.0).counts, kClamped);
  EXPECT_EQ(quantise(*clamp, 1.0).counts, kKept);
  const auto flush = make_lns(lns(8, 8, ZeroCode::reserved, Underflow::flush));
  EXPECT_EQ(quantise(*flush, -1.0).code, 0x80u);
  EXPECT_EQ(quantise(*flush, -1.0).counts, kFlushed);
}

TEST(LnsFormat, flagged_zero_costs_a_bit_and_keeps_all_codes) {
  const auto format = make_lns(lns(8, 8, ZeroCode::flag));
  EXPECT_EQ(format->storage_bits(), 9u);
  EXPECT_EQ(format->zero_code(), 0x100u);
  EXPECT_EQ(quantise(*format, 0.0).code, 0x100u);
  EXPECT_EQ(quantise(*format, -1.0).code, 0x80u);
  EXPECT_EQ(format->value(0x100, {}), 0.0);
  EXPECT_TRUE(format->is_valid(0x100));
  EXPECT_FALSE(format->is_valid(0x101));
  EXPECT_FALSE(format->is_valid(0x200));
}

TEST(LnsFormat, without_a_zero_code_zero_becomes_the_smallest_magnitude) {
  const auto format = make_lns(lns(8, 8, ZeroCode::none));
  EXPECT_EQ(quantise(*format, 0.0).code, 0u);
  EXPECT_EQ(quantise(*format, -1.0).code, 0x80u);
  EXPECT_EQ(format->value(0x80, {}), -1.0);
  EXPECT_TRUE(format->is_valid(0xff));
  EXPECT_FALSE(format->is_valid(0x100));
}

TEST(LnsFormat, scale_maps_the_largest_magnitude_to_the_top_code) {
  const auto format = make_lns(lns(8, 8));
  EXPECT_EQ(format->scale_for(1.0), Scale{-127});
  EXPECT_EQ(format->scale_for(0.0), Scale{0});
  EXPECT_EQ(format->scale_for(0x1p-20), Scale{-160 - 127});
  for (const double max : {1.0, 0.3, 1e-30, 7e20, 1.04, 1.05}) {
    const Scale scale = format->scale_for(max);
    const Quantised q = quantise(*format, max, scale);
    EXPECT_EQ(q.code, 0x7fu) << max;
    EXPECT_EQ(q.counts, kKept) << max;
  }
}

TEST(LnsFormat, scale_of_recorded_tensors_is_the_recorded_one) {
  // Largest magnitudes and scale exponents of operands recorded from a training step by another program.
  const auto format = make_lns(lns(8, 8));
  EXPECT_EQ(format->scale_for(0x1.d79436p+0), Scale{-120});
  EXPECT_EQ(format->scale_for(0x1.8fe3c8p-8), Scale{-186});
  EXPECT_EQ(format->scale_for(0x1.187c22p+2), Scale{-110});
  EXPECT_EQ(format->scale_for(0x1.68980cp-7), Scale{-179});
}

TEST(LnsFormat, power_of_two_scale_is_the_smallest_that_does_not_saturate) {
  FormatParameters parameters = lns(8, 8);
  parameters.scale = ScaleKind::power_of_two;
  const auto format = make_lns(parameters);
  for (const double max : {1.0, 0.9, 0.3, 1e-30, 7e20}) {
    const Scale scale = format->scale_for(max);
    EXPECT_EQ(scale.k % 8, 0) << max;
    EXPECT_EQ(quantise(*format, max, scale).counts, kKept) << max;
    EXPECT_EQ(quantise(*format, max, {scale.k - 8}).counts, kSaturated) << max;
  }
}

TEST(LnsFormat, stochastic_rounding_goes_up_with_the_distance_in_the_log_domain) {
  const auto format = make_lns(lns(8, 8));
  const double quarter = std::exp2((10 + 0.25) / 8);
  const auto code = [&](double x, std::uint32_t random) {
    QuantiseCounts counts;
    return format->quantise_stochastic(x, {}, random, counts);
  };
  EXPECT_EQ(code(quarter, 0), 10u);
  EXPECT_EQ(code(quarter, 0xbfffff00u), 10u);
  EXPECT_EQ(code(quarter, 0xc0000100u), 11u);
  EXPECT_EQ(code(quarter, 0xffffffffu), 11u);
  EXPECT_EQ(code(4.0, 0xffffffffu), 16u);  // on a code: never up
  EXPECT_EQ(code(-quarter, 0xffffffffu), 0x8bu);
  EXPECT_EQ(code(0.0, 0xffffffffu), 0x80u);
}

TEST(LnsFormat, stochastic_rounding_keeps_the_ends_of_the_range) {
  const auto format = make_lns(lns(4, 2, ZeroCode::reserved, Underflow::flush));
  QuantiseCounts counts;
  EXPECT_EQ(format->quantise_stochastic(100.0, {}, 0, counts), 7u);
  EXPECT_EQ(format->quantise_stochastic(0.5, {}, 0, counts), format->zero_code());
  EXPECT_EQ(counts, (QuantiseCounts{.values = 2, .saturated = 1, .underflow_flushed = 1}));
}

TEST(LnsFormat, values_beyond_double_become_infinite_or_zero) {
  const auto format = make_lns(lns(16, 1));
  EXPECT_EQ(format->value(0x7fff, {}), std::numeric_limits<double>::infinity());
  EXPECT_EQ(format->value(0, {-5000}), 0.0);
}

TEST(LnsFormat, neighbours_walk_through_all_codes_in_order_of_value) {
  for (const ZeroCode zero : {ZeroCode::none, ZeroCode::reserved, ZeroCode::flag}) {
    const auto format = make_lns(lns(5, 4, zero));
    const Code lowest = 0x1f, highest = 0x0f;
    unsigned steps = 0;
    for (Code code = lowest; code != highest; ++steps) {
      const Code next = format->next_up(code);
      ASSERT_LT(format->value(code, {}), format->value(next, {}));
      ASSERT_EQ(format->next_down(next), code);
      ASSERT_TRUE(format->is_valid(next));
      code = next;
    }
    // 32 codes; with a flag, zero is one more.
    EXPECT_EQ(steps, zero == ZeroCode::flag ? 32u : 31u);
    EXPECT_EQ(format->next_up(highest), highest);
    EXPECT_EQ(format->next_down(lowest), lowest);
  }
}

std::string text_of(const std::vector<CodeField>& fields) {
  std::string text;
  for (const CodeField& field : fields) text += field.name + " " + field.bits + " " + field.meaning + "\n";
  return text;
}

TEST(LnsFormat, fields_name_sign_exponent_and_zero) {
  const auto reserved = make_lns(lns(8, 8));
  EXPECT_EQ(text_of(reserved->fields(0x85)), "sign 1 negative\nexponent 0000101 2^(5/8)\n");
  EXPECT_EQ(text_of(reserved->fields(0x80)), "sign 1 zero\nexponent 0000000 zero\n");
  const auto flag = make_lns(lns(4, 2, ZeroCode::flag));
  EXPECT_EQ(text_of(flag->fields(0x3)), "zero 0 not zero\nsign 0 positive\nexponent 011 2^(3/2)\n");
  EXPECT_EQ(text_of(flag->fields(0x10)), "zero 1 zero\nsign 0 positive\nexponent 000 zero\n");
}

std::string refusal(const FormatParameters& parameters) {
  try {
    make_lns(parameters);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(LnsFormat, refuses_parameters_outside_their_ranges) {
  EXPECT_EQ(refusal(lns(1, 8)), "lns: bits: got 1, expected 2..16");
  EXPECT_EQ(refusal(lns(17, 8)), "lns: bits: got 17, expected 2..16");
  EXPECT_EQ(refusal(lns(8, 6)), "lns: gamma: got 6, expected a power of two up to 2048");
  EXPECT_EQ(refusal(lns(8, 4096)), "lns: gamma: got 4096, expected a power of two up to 2048");
  EXPECT_EQ(refusal(lns(8, 8, ZeroCode::none, Underflow::flush)),
            "lns: underflow: got flush, expected clamp in a format without zero");
  EXPECT_EQ(refusal({.kind = FormatKind::fp16}), "not a logarithmic format");
}

}  // namespace
}  // namespace lnsim::arith
