#include "sim/run/sweep/nsga2.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace lnsim {
namespace {

// Two goals of a design of six axes with 16 values each: the front is what has the last five at 0.
Goals goals_of(const Design& design) {
  double rest = 0;
  for (std::size_t i = 1; i < design.size(); ++i) rest += design[i];
  return {design[0] + rest, 15.0 - design[0] + rest};
}

TEST(Nsga2, FindsTheFrontOfALargeGridWithFewDesigns) {
  const std::vector<std::uint64_t> sizes(6, 16);  // 16.7 million designs
  std::set<Design> met;
  std::set<std::uint32_t> found;
  search_nsga2(sizes, {40, 60, 7}, [&](std::span<const Design> designs) {
    std::vector<std::optional<Goals>> goals;
    for (const Design& design : designs) {
      EXPECT_TRUE(met.insert(design).second) << "evaluated twice";
      goals.push_back(goals_of(design));
      if (std::all_of(design.begin() + 1, design.end(), [](std::uint32_t value) { return value == 0; }))
        found.insert(design[0]);
    }
    return goals;
  });
  EXPECT_LE(met.size(), 40U * 60U);
  EXPECT_EQ(found.size(), 16U) << "of the 16 designs on the front";
}

TEST(Nsga2, TakesEqualStepsWithEqualSeeds) {
  const std::vector<std::uint64_t> sizes(4, 10);
  const auto designs_met = [&](std::uint64_t seed) {
    std::vector<Design> met;
    search_nsga2(sizes, {10, 5, seed}, [&](std::span<const Design> designs) {
      std::vector<std::optional<Goals>> goals;
      for (const Design& design : designs) {
        met.push_back(design);
        goals.push_back(goals_of(design));
      }
      return goals;
    });
    return met;
  };
  EXPECT_EQ(designs_met(1), designs_met(1));
  EXPECT_NE(designs_met(1), designs_met(2));
}

TEST(Nsga2, MovesAwayFromDesignsThatAreNotAllowed) {
  const std::vector<std::uint64_t> sizes{32, 32};
  std::size_t allowed = 0, last_allowed = 0, last = 0;
  search_nsga2(sizes, {16, 12, 5}, [&](std::span<const Design> designs) {
    std::vector<std::optional<Goals>> goals;
    last = designs.size();
    last_allowed = 0;
    for (const Design& design : designs) {
      const bool is_allowed = design[0] >= 24;
      allowed += is_allowed ? 1 : 0;
      last_allowed += is_allowed ? 1 : 0;
      goals.push_back(is_allowed ? std::optional(Goals{static_cast<double>(design[1])}) : std::nullopt);
    }
    return goals;
  });
  EXPECT_GT(allowed, 0U);
  EXPECT_GT(2 * last_allowed, last);  // of the grid, a quarter is allowed
}

TEST(Nsga2, EndsWhenTheGridIsExhausted) {
  const std::vector<std::uint64_t> sizes{3, 2};
  std::size_t count = 0;
  search_nsga2(sizes, {4, 100, 1}, [&](std::span<const Design> designs) {
    count += designs.size();
    return std::vector<std::optional<Goals>>(designs.size(), Goals{1.0});
  });
  EXPECT_EQ(count, 6U);
}

}  // namespace
}  // namespace lnsim
