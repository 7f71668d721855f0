#include "sim/run/sweep/outcome.h"

#include <algorithm>
#include <utility>

#include "sim/run/sweep/pareto.h"
#include "sim/run/sweep/rules.h"

namespace lnsim {

SweepOutcome outcome_of(ResultStore& store, const StoredSweep& sweep) {
  SweepOutcome outcome;
  outcome.sweep = sweep;
  for (SweepPoint& point : store.points(sweep.id)) {
    if (point.number == kReferencePoint) {
      outcome.reference = std::move(point);
    } else {
      outcome.points.push_back(std::move(point));
    }
  }
  SweepRules rules(sweep.question, outcome.reference ? outcome.reference->result.metrics : Metrics{});
  if (outcome.reference) outcome.reference_objectives = rules.objectives(*outcome.reference);
  std::vector<Goals> goals;
  std::vector<std::size_t> allowed;
  for (std::size_t i = 0; i < outcome.points.size(); ++i) {
    outcome.objectives.push_back(rules.objectives(outcome.points[i]));
    auto found = rules.goals(outcome.points[i]);
    if (!found) continue;
    goals.push_back(std::move(*found));
    allowed.push_back(i);
  }
  outcome.is_on_front.assign(outcome.points.size(), false);
  const std::vector<bool> is_first = first_front(goals);
  for (std::size_t i = 0; i < allowed.size(); ++i) outcome.is_on_front[allowed[i]] = is_first[i];
  return outcome;
}

std::vector<std::size_t> front_of(const SweepOutcome& outcome) {
  std::vector<std::size_t> front;
  for (std::size_t i = 0; i < outcome.points.size(); ++i)
    if (outcome.is_on_front[i]) front.push_back(i);
  const bool maximise = outcome.sweep.question.at("objectives").at(0).at("goal") == "max";
  std::stable_sort(front.begin(), front.end(), [&](std::size_t a, std::size_t b) {
    const double of_a = *outcome.objectives[a].front(), of_b = *outcome.objectives[b].front();
    return maximise ? of_a > of_b : of_a < of_b;
  });
  return front;
}

}  // namespace lnsim
