#include "sim/run/sweep/pareto.h"

#include <gtest/gtest.h>

#include <random>

namespace lnsim {
namespace {

TEST(Pareto, FirstFrontIsWhatNoPointDominates) {
  std::mt19937 random(3);
  for (std::size_t goals = 1; goals <= 4; ++goals) {
    std::vector<Goals> points(200, Goals(goals));
    // Few different values, so that ties are met.
    for (Goals& point : points)
      for (double& goal : point) goal = static_cast<double>(random() % 12);
    const std::vector<bool> first = first_front(points);
    for (std::size_t i = 0; i < points.size(); ++i) {
      bool is_dominated = false;
      for (const Goals& other : points) {
        bool no_worse = true, better = false;
        for (std::size_t g = 0; g < goals; ++g) {
          no_worse = no_worse && other[g] <= points[i][g];
          better = better || other[g] < points[i][g];
        }
        is_dominated = is_dominated || (no_worse && better);
      }
      EXPECT_EQ(first[i], !is_dominated);
    }
  }
}

TEST(Pareto, FrontsOfAGridAreItsDiagonals) {
  std::vector<Goals> points;
  for (int x = 0; x < 6; ++x)
    for (int y = 0; y < 6; ++y) points.push_back({static_cast<double>(x), static_cast<double>(y)});
  // (x, y) is dominated by all below and left of it: x + y of them follow each other.
  const std::vector<std::size_t> numbers = fronts(points);
  for (std::size_t i = 0; i < points.size(); ++i) EXPECT_EQ(numbers[i], i / 6 + i % 6);
}

TEST(Pareto, EqualPointsAreOnTheSameFront) {
  EXPECT_EQ(first_front({{1, 2}, {1, 2}, {0, 3}, {1, 3}}), (std::vector<bool>{true, true, true, false}));
  EXPECT_TRUE(first_front({}).empty());
}

}  // namespace
}  // namespace lnsim
