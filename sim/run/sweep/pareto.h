// Which points are best: none of the others is at least as good in everything and better in something.
#pragma once

#include <cstddef>
#include <vector>

namespace lnsim {

// Objectives of a point, all to be minimised.
using Goals = std::vector<double>;

// Whether `a` is at least as good as `b` in every goal and better in one.
bool dominates(const Goals& a, const Goals& b);

// For every point, the front it is on, from 0: front 0 is dominated by none, front k + 1 by none once the
// fronts up to k are gone (the non-dominated sorting of NSGA-II: Deb et al., IEEE Transactions on
// Evolutionary Computation 6(2), 2002).
std::vector<std::size_t> fronts(const std::vector<Goals>& points);

// Whether a point is on the first front.
std::vector<bool> first_front(const std::vector<Goals>& points);

}  // namespace lnsim
