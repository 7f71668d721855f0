#include "models/arith/linear_to_log.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace lnsim::arith {
namespace {

TEST(LinearToLog, midpoint_kinds_differ_at_three_mantissas_of_nine_bits) {
  const LinearToLog linear(8, Midpoint::linear, 9);
  const LinearToLog geometric(8, Midpoint::geometric, 9);
  std::vector<std::uint32_t> different;
  for (std::uint32_t mantissa = 256; mantissa < 512; ++mantissa)
    if (linear.remainder(mantissa) != geometric.remainder(mantissa)) different.push_back(mantissa);
  EXPECT_EQ(different, (std::vector<std::uint32_t>{318, 347, 450}));
}

TEST(LinearToLog, differing_mantissas_stay_below_linear_midpoints_and_pass_geometric_ones) {
  const LinearToLog linear(8, Midpoint::linear, 9);
  const LinearToLog geometric(8, Midpoint::geometric, 9);
  EXPECT_EQ(linear.remainder(318), 2u);
  EXPECT_EQ(geometric.remainder(318), 3u);
  EXPECT_EQ(linear.remainder(450), 6u);
  EXPECT_EQ(geometric.remainder(450), 7u);
}

TEST(LinearToLog, runs_from_zero_to_the_next_octave) {
  const LinearToLog quantiser(8, Midpoint::linear, 9);
  EXPECT_EQ(quantiser.remainder(256), 0u);
  EXPECT_EQ(quantiser.remainder(511), 8u);
}

TEST(LinearToLog, base_two_rounds_up_at_one_and_a_half_or_at_the_square_root_of_two) {
  const LinearToLog linear(1, Midpoint::linear, 9);
  EXPECT_EQ(linear.remainder(383), 0u);
  EXPECT_EQ(linear.remainder(384), 1u);
  const LinearToLog geometric(1, Midpoint::geometric, 9);
  EXPECT_EQ(geometric.remainder(362), 0u);  // sqrt(2) * 256 = 362.04
  EXPECT_EQ(geometric.remainder(363), 1u);
}

TEST(LinearToLog, looks_only_at_the_upper_bits_of_a_significand) {
  const LinearToLog quantiser(8, Midpoint::linear, 9);
  const std::uint64_t below = (std::uint64_t{319} << 55) - 1;  // 318 and all ones below it
  EXPECT_EQ(quantiser.remainder_of_significand(below), quantiser.remainder(318));
  EXPECT_EQ(quantiser.remainder_of_significand(std::uint64_t{319} << 55), quantiser.remainder(319));
}

TEST(LinearToLog, every_mantissa_lies_within_the_declared_bound) {
  for (unsigned gamma = 1; gamma <= 2048; gamma *= 2) {
    for (const Midpoint midpoint : {Midpoint::linear, Midpoint::geometric}) {
      for (const unsigned bits : {2u, 9u, 14u}) {
        const LinearToLog quantiser(gamma, midpoint, bits);
        const double bound = quantiser.step_error_bound() + 1e-9;
        const std::uint32_t one = 1u << (bits - 1);
        for (std::uint32_t m = one; m < 2 * one; ++m) {
          // The real number is anywhere from m up to the next mantissa.
          const double remainder = quantiser.remainder(m);
          const double lowest = gamma * std::log2(static_cast<double>(m) / one);
          const double highest = gamma * std::log2(static_cast<double>(m + 1) / one);
          ASSERT_LE(std::abs(remainder - lowest), bound) << gamma << ' ' << bits << ' ' << m;
          ASSERT_LE(std::abs(remainder - highest), bound) << gamma << ' ' << bits << ' ' << m;
        }
      }
    }
  }
}

TEST(LinearToLog, refuses_parameters_outside_their_ranges) {
  EXPECT_THROW(LinearToLog(12, Midpoint::linear, 9), std::invalid_argument);
  EXPECT_THROW(LinearToLog(4096, Midpoint::linear, 9), std::invalid_argument);
  EXPECT_THROW(LinearToLog(8, Midpoint::linear, 1), std::invalid_argument);
  EXPECT_THROW(LinearToLog(8, Midpoint::linear, 25), std::invalid_argument);
}

}  // namespace
}  // namespace lnsim::arith
