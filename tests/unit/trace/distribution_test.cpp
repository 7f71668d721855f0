#include "sim/run/trace_tools/distribution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <vector>

namespace lnsim {
namespace {

Distribution distribution_of(const std::vector<double>& values) {
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  Distribution distribution;
  // In two pieces, as blocks come.
  const auto half = values.size() / 2;
  distribution.add(std::span(values).first(half), largest);
  distribution.add(std::span(values).subspan(half), largest);
  return distribution;
}

TEST(Distribution, counts_zeros_signs_and_octaves_exactly) {
  const Distribution d = distribution_of({0.0, -0.0, 8.0, -4.0, 3.999, 0.25, -0.25});
  EXPECT_EQ(d.values(), 7U);
  EXPECT_EQ(d.zeros(), 2U);
  EXPECT_EQ(d.non_zeros(), 5U);
  EXPECT_EQ(d.negatives(), 2U);
  EXPECT_EQ(d.largest(), 8.0);
  EXPECT_EQ(d.smallest(), 0.25);
  EXPECT_EQ(d.range_octaves(), 5.0);
  EXPECT_EQ(d.lowest(), -5.0);
  EXPECT_EQ(d.octaves(), (std::map<int, std::uint64_t>{{3, 1}, {2, 1}, {1, 1}, {-2, 2}}));
  EXPECT_EQ(d.octaves_below_largest(), (std::vector<std::uint64_t>{1, 2, 0, 0, 0, 2}));
  EXPECT_EQ(d.share_below(5), 0.4);
  EXPECT_EQ(d.share_below(6), 0.0);
}

TEST(Distribution, has_no_figures_of_zeros) {
  const Distribution d = distribution_of({0, 0, 0});
  EXPECT_EQ(d.zeros(), 3U);
  for (const auto& figure : {d.smallest(), d.largest(), d.range_octaves(), d.mean(), d.standard_deviation(),
                             d.lowest(), d.quantile(0.5), d.share_below(8)})
    EXPECT_FALSE(figure);
  EXPECT_TRUE(d.octaves_below_largest().empty());
}

// The definitions applied to the sorted logarithms.
TEST(Distribution, agrees_with_the_sorted_logarithms_of_a_log_normal_sample) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal(-6, 2.5);
  std::vector<double> values;
  for (int i = 0; i < 20001; ++i) values.push_back((i % 2 == 0 ? 1 : -1) * std::exp2(normal(random)));
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  std::vector<double> logs;
  for (const double value : values) logs.push_back(std::log2(std::abs(value) / largest));
  std::sort(logs.begin(), logs.end());
  double mean = 0, variance = 0;
  for (const double log : logs) mean += log / static_cast<double>(logs.size());
  for (const double log : logs) variance += (log - mean) * (log - mean) / static_cast<double>(logs.size());

  const Distribution d = distribution_of(values);
  EXPECT_NEAR(*d.mean(), mean, 1e-9);
  EXPECT_NEAR(*d.standard_deviation(), std::sqrt(variance), 1e-9);
  EXPECT_EQ(*d.lowest(), logs.front());
  constexpr double kHalfBin = 1.0 / 32 + 1e-12;
  for (const double share : {0.0001, 0.01, 0.25, 0.5, 0.99, 1.0}) {
    const auto at = static_cast<std::size_t>(std::ceil(share * static_cast<double>(logs.size()))) - 1;
    EXPECT_NEAR(*d.quantile(share), logs[at], kHalfBin) << share;
  }
  const auto below = std::count_if(logs.begin(), logs.end(), [](double log) { return log <= -8; });
  EXPECT_DOUBLE_EQ(*d.share_below(8), static_cast<double>(below) / static_cast<double>(logs.size()));
}

TEST(Distribution, adds_up_tensors_each_relative_to_its_own_largest) {
  Distribution sum = distribution_of({1, 0.5, 0});
  sum += distribution_of({-1024, 256});
  sum += distribution_of({0, 0});
  EXPECT_EQ(sum.values(), 7U);
  EXPECT_EQ(sum.zeros(), 3U);
  EXPECT_EQ(sum.negatives(), 1U);
  EXPECT_EQ(sum.largest(), 1024.0);
  EXPECT_EQ(sum.smallest(), 0.5);
  EXPECT_EQ(sum.range_octaves(), 11.0);
  EXPECT_EQ(sum.octaves_below_largest(), (std::vector<std::uint64_t>{2, 1, 1}));
  EXPECT_EQ(sum.mean(), -0.75);
}

TEST(Distribution, takes_magnitudes_from_one_end_of_double_to_the_other) {
  const Distribution d = distribution_of({0x1p1023, 0x1p-1074});
  EXPECT_EQ(d.lowest(), -2097.0);
  EXPECT_EQ(d.range_octaves(), 2097.0);
}

}  // namespace
}  // namespace lnsim
