#include "models/arith/log_to_linear.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace lnsim::arith {
namespace {

std::vector<std::uint32_t> constants(unsigned width) {
  const LogToLinear converter(8, 8, width);
  std::vector<std::uint32_t> result;
  for (unsigned bin = 0; bin < converter.bins(); ++bin) result.push_back(converter.constant(bin));
  return result;
}

TEST(LogToLinear, constants_are_the_rounded_powers_of_the_published_widths) {
  EXPECT_EQ(constants(8), (std::vector<std::uint32_t>{256, 279, 304, 332, 362, 395, 431, 470}));
  EXPECT_EQ(constants(10), (std::vector<std::uint32_t>{1024, 1117, 1218, 1328, 1448, 1579, 1722, 1878}));
  EXPECT_EQ(constants(12), (std::vector<std::uint32_t>{4096, 4467, 4871, 5312, 5793, 6317, 6889, 7512}));
}

// The hybrid's own relative error in percent: constants wide enough not to show.
std::vector<double> errors_percent(unsigned table_entries) {
  const LogToLinear converter(8, table_entries, 24);
  std::vector<double> errors;
  for (unsigned r = 0; r < 8; ++r) {
    const double linear =
        std::ldexp(static_cast<double>(converter.linear(r)), -24 - static_cast<int>(converter.factor_bits()));
    errors.push_back(100 * (linear / std::exp2(r / 8.0) - 1));
  }
  return errors;
}

struct ErrorRow {
  unsigned entries;
  std::vector<double> by_remainder;
  double max, mean, rms;
};

TEST(LogToLinear, hybrid_errors_are_those_of_the_reference_table) {
  // Half a unit of the last digit printed, and of the constants.
  const double two_digits = 0.005 + 100 * 0x1p-25, three_digits = 0.0005 + 100 * 0x1p-25;
  const std::vector<ErrorRow> rows{
      {1, {0, 3.16, 5.11, 6.03, 6.07, 5.37, 4.06, 2.24}, 6.066, 4.003, 4.465},
      {2, {0, 3.16, 5.11, 6.03, 0, 3.16, 5.11, 6.03}, 6.027, 3.576, 4.256},
      {4, {0, 3.16, 0, 3.16, 0, 3.16, 0, 3.16}, 3.163, 1.581, 2.237},
      {8, {0, 0, 0, 0, 0, 0, 0, 0}, 0, 0, 0},
  };
  for (const ErrorRow& row : rows) {
    const std::vector<double> errors = errors_percent(row.entries);
    double max = 0, sum = 0, squares = 0;
    for (unsigned r = 0; r < 8; ++r) {
      EXPECT_NEAR(errors[r], row.by_remainder[r], two_digits) << row.entries << " entries, r = " << r;
      max = std::max(max, errors[r]);
      sum += errors[r];
      squares += errors[r] * errors[r];
    }
    EXPECT_NEAR(max, row.max, three_digits) << row.entries;
    EXPECT_NEAR(sum / 8, row.mean, three_digits) << row.entries;
    EXPECT_NEAR(std::sqrt(squares / 8), row.rms, three_digits) << row.entries;
  }
}

TEST(LogToLinear, every_remainder_of_every_table_lies_within_the_declared_bound) {
  for (unsigned gamma = 1; gamma <= 2048; gamma *= 2) {
    for (unsigned entries = 1; entries <= gamma; entries *= 2) {
      for (const unsigned width : {1u, 4u, 8u, 24u}) {
        const LogToLinear converter(gamma, entries, width);
        const double bound = converter.relative_error_bound() * (1 + 1e-9) + 1e-14;
        const int fraction_bits = static_cast<int>(width + converter.factor_bits());
        for (unsigned r = 0; r < gamma; ++r) {
          const double linear = std::ldexp(static_cast<double>(converter.linear(r)), -fraction_bits);
          ASSERT_LE(std::abs(linear / std::exp2(static_cast<double>(r) / gamma) - 1), bound)
              << "gamma " << gamma << " entries " << entries << " width " << width << " r " << r;
        }
      }
    }
  }
}

TEST(LogToLinear, declared_bound_of_a_full_table_is_half_a_unit_of_a_constant) {
  EXPECT_DOUBLE_EQ(LogToLinear(8, 8, 8).relative_error_bound(), 1.0 / 512);
  EXPECT_NEAR(LogToLinear(8, 1, 24).relative_error_bound(), 0.06066, 5e-6);
}

TEST(LogToLinear, bins_and_factors_split_the_remainder) {
  const LogToLinear hybrid(8, 2, 8);
  EXPECT_EQ(hybrid.bins(), 2u);
  EXPECT_EQ(hybrid.factor_bits(), 3u);
  EXPECT_EQ(hybrid.bin(3), 0u);
  EXPECT_EQ(hybrid.factor(3), 11u);
  EXPECT_EQ(hybrid.bin(6), 1u);
  EXPECT_EQ(hybrid.factor(6), 10u);
  EXPECT_EQ(hybrid.linear(6), 362u * 10u);
}

TEST(LogToLinear, table_with_more_entries_than_remainders_is_exact) {
  const LogToLinear converter(4, 16, 8);
  EXPECT_EQ(converter.bins(), 4u);
  EXPECT_EQ(converter.factor_bits(), 0u);
  EXPECT_EQ(converter.constant(1), 304u);
}

TEST(LogToLinear, refuses_parameters_outside_their_ranges) {
  EXPECT_THROW(LogToLinear(3, 1, 8), std::invalid_argument);
  EXPECT_THROW(LogToLinear(4096, 1, 8), std::invalid_argument);
  EXPECT_THROW(LogToLinear(8, 5, 8), std::invalid_argument);
  EXPECT_THROW(LogToLinear(8, 8, 0), std::invalid_argument);
  EXPECT_THROW(LogToLinear(8, 8, 25), std::invalid_argument);
}

}  // namespace
}  // namespace lnsim::arith
