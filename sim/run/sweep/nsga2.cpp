#include "sim/run/sweep/nsga2.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>
#include <set>

namespace lnsim {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr unsigned kTries = 1000;  // for a design that is new, per design wanted (our choice)

struct Individual {
  Design design;
  std::optional<Goals> goals;
  std::size_t front = 0;
  double crowding = 0.0;

  bool beats(const Individual& other) const {
    return front != other.front ? front < other.front : crowding > other.crowding;
  }
};

// How far apart the neighbours of each member of a front are, added up over the goals.
void set_crowding(std::vector<Individual*>& front) {
  for (Individual* one : front) one->crowding = 0.0;
  const std::size_t goals = front.front()->goals->size();
  for (std::size_t goal = 0; goal < goals; ++goal) {
    const auto value = [&](const Individual* one) { return (*one->goals)[goal]; };
    std::stable_sort(front.begin(), front.end(),
                     [&](const Individual* a, const Individual* b) { return value(a) < value(b); });
    const double span = value(front.back()) - value(front.front());
    front.front()->crowding = front.back()->crowding = kInfinity;
    if (!(span > 0.0)) continue;
    for (std::size_t i = 1; i + 1 < front.size(); ++i)
      front[i]->crowding += (value(front[i + 1]) - value(front[i - 1])) / span;
  }
}

void rank(std::vector<Individual>& population) {
  std::vector<Individual*> allowed;
  std::vector<Goals> goals;
  for (Individual& one : population) {
    one.front = population.size();  // behind all fronts there can be
    one.crowding = 0.0;
    if (!one.goals) continue;
    allowed.push_back(&one);
    goals.push_back(*one.goals);
  }
  const std::vector<std::size_t> numbers = fronts(goals);
  for (std::size_t i = 0; i < allowed.size(); ++i) allowed[i]->front = numbers[i];
  for (std::size_t front = 0; front < population.size(); ++front) {
    std::vector<Individual*> members;
    for (Individual* one : allowed)
      if (one->front == front) members.push_back(one);
    if (members.empty()) return;
    set_crowding(members);
  }
}

class Breeder {
 public:
  Breeder(std::span<const std::uint64_t> sizes, std::uint64_t seed) : sizes_(sizes), random_(seed) {
    for (const std::uint64_t size : sizes)
      designs_ = designs_ > std::numeric_limits<std::uint64_t>::max() / size ? designs_ : designs_ * size;
  }

  bool is_exhausted() const { return met_.size() >= designs_; }

  // Up to `count` designs that were not met before, each made by `make`.
  template <class Make>
  std::vector<Design> new_designs(std::size_t count, const Make& make) {
    std::vector<Design> designs;
    for (std::size_t tries = 0; designs.size() < count && !is_exhausted() && tries < count * kTries;
         ++tries) {
      Design design = make();
      if (met_.insert(design).second) designs.push_back(std::move(design));
    }
    return designs;
  }

  Design any() {
    Design design;
    for (const std::uint64_t size : sizes_) design.push_back(below(size));
    return design;
  }

  Design child(const std::vector<Individual>& parents) {
    Design design = winner(parents).design;
    const Design& other = winner(parents).design;
    for (std::size_t axis = 0; axis < design.size(); ++axis) {
      if (below(2) == 0) design[axis] = other[axis];
      if (below(sizes_.size()) == 0) design[axis] = moved(design[axis], sizes_[axis]);
    }
    return design;
  }

 private:
  std::uint32_t below(std::uint64_t size) { return static_cast<std::uint32_t>(random_() % size); }

  const Individual& winner(const std::vector<Individual>& parents) {
    const Individual& a = parents[below(parents.size())];
    const Individual& b = parents[below(parents.size())];
    return b.beats(a) ? b : a;
  }

  std::uint32_t moved(std::uint32_t value, std::uint64_t size) {
    if (below(2) == 0) return below(size);
    if (below(2) == 0) return value == 0 ? value : value - 1;
    return value + 1 < size ? value + 1 : value;
  }

  std::span<const std::uint64_t> sizes_;
  std::mt19937_64 random_;
  std::uint64_t designs_ = 1;
  std::set<Design> met_;
};

}  // namespace

void search_nsga2(std::span<const std::uint64_t> sizes, const Nsga2Options& options,
                  const EvaluateDesigns& evaluate) {
  Breeder breeder(sizes, options.seed);
  std::vector<Individual> population;
  for (std::uint32_t generation = 0; generation < options.generations; ++generation) {
    const std::vector<Design> designs = breeder.new_designs(
        options.population, [&] { return population.empty() ? breeder.any() : breeder.child(population); });
    if (designs.empty()) return;
    const std::vector<std::optional<Goals>> goals = evaluate(designs);
    for (std::size_t i = 0; i < designs.size(); ++i) population.push_back({designs[i], goals[i]});
    rank(population);
    std::stable_sort(population.begin(), population.end(),
                     [](const Individual& a, const Individual& b) { return a.beats(b); });
    if (population.size() > options.population) population.resize(options.population);
  }
}

}  // namespace lnsim
