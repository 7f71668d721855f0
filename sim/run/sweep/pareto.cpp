#include "sim/run/sweep/pareto.h"

#include <algorithm>
#include <numeric>

namespace lnsim {

bool dominates(const Goals& a, const Goals& b) {
  bool is_better = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] > b[i]) return false;
    is_better = is_better || a[i] < b[i];
  }
  return is_better;
}

std::vector<bool> first_front(const std::vector<Goals>& points) {
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // What dominates a point comes before it, so that only those of the front so far need be looked at.
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return points[a] < points[b]; });
  std::vector<bool> is_first(points.size(), false);
  std::vector<std::size_t> front;
  for (const std::size_t i : order) {
    const bool is_dominated = std::any_of(front.rbegin(), front.rend(),
                                          [&](std::size_t j) { return dominates(points[j], points[i]); });
    if (is_dominated) continue;
    front.push_back(i);
    is_first[i] = true;
  }
  return is_first;
}

std::vector<std::size_t> fronts(const std::vector<Goals>& points) {
  std::vector<std::size_t> number(points.size(), 0), left(points.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  for (std::size_t front = 0; !left.empty(); ++front) {
    std::vector<Goals> goals;
    for (const std::size_t i : left) goals.push_back(points[i]);
    const std::vector<bool> is_first = first_front(goals);
    std::vector<std::size_t> rest;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (is_first[i]) {
        number[left[i]] = front;
      } else {
        rest.push_back(left[i]);
      }
    }
    left = std::move(rest);
  }
  return number;
}

}  // namespace lnsim
