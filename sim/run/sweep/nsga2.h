// The search NSGA-II (Deb, Pratap, Agarwal, Meyarivan, IEEE Transactions on Evolutionary Computation 6(2),
// 2002) over the designs of a grid.
//
// Parents are chosen by binary tournaments, first by front, then by crowding distance; a child takes each
// axis from either parent, and every axis moves with the probability 1 / axes: to a neighbouring value or to
// any (half of the time each, our choice, since axes hold ordered values as well as names). Designs are never
// evaluated twice.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "sim/run/sweep/design.h"
#include "sim/run/sweep/pareto.h"

namespace lnsim {

struct Nsga2Options {
  std::uint32_t population = 0;
  std::uint32_t generations = 0;  // including the first, random one
  std::uint64_t seed = 0;
};

// Goals of designs, all to be minimised; nothing for designs that are not allowed or failed, which every
// other design beats.
using EvaluateDesigns = std::function<std::vector<std::optional<Goals>>(std::span<const Design>)>;

// `sizes`: values per axis. Ends early when no children are found that were not met before.
void search_nsga2(std::span<const std::uint64_t> sizes, const Nsga2Options& options,
                  const EvaluateDesigns& evaluate);

}  // namespace lnsim
