// Constraints and objectives of a sweep, for the points of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/run/sweep/expression.h"
#include "sim/run/sweep/metrics.h"
#include "sim/run/sweep/pareto.h"
#include "sim/run/sweep/result_store.h"

namespace lnsim {

// What estimates may be off by, as shares of their value.
struct EstimateMargins {
  double metrics = 0.0;            // in constraints
  std::vector<double> objectives;  // by objective; those beyond the last have none
};

// Not for several threads at once.
class SweepRules {
 public:
  // `question`: of a StoredSweep. `reference`: metrics of the reference, if there is one.
  SweepRules(const nlohmann::ordered_json& question, const Metrics& reference);

  // Whether the constraints over parameters alone let the config through.
  bool allows(const nlohmann::ordered_json& config);
  // Whether the others do.
  bool allows(const SweepPoint& point);
  // Values of the objectives, as the sweep file has them; nothing where one is not known.
  std::vector<std::optional<double>> objectives(const SweepPoint& point);
  // The objectives turned so that less is better; nothing for points that failed, are not allowed or lack
  // one.
  std::optional<Goals> goals(const SweepPoint& point);
  // Goals that an estimated point may turn out to have: better by their margins. Nothing for points that
  // failed or lack one, and where constraints do not let the point through with estimates as they are, nor
  // all of them lower or all higher by the margin.
  std::optional<Goals> best_goals(const SweepPoint& point, const EstimateMargins& margins);
  // The same margin for constraints and all objectives that estimates go into.
  EstimateMargins equal_margins(double margin) const;

 private:
  SweepValue evaluate(Expression& expression, const nlohmann::ordered_json& config, const Metrics& metrics);
  bool all_true(std::vector<Expression>& expressions, const nlohmann::ordered_json& config,
                const Metrics& metrics);

  // The objectives of a point that the constraints let through.
  std::optional<Goals> turned_objectives(const SweepPoint& point);

  std::vector<Expression> on_parameters_, on_metrics_, objectives_;
  std::vector<bool> maximise_;   // by objective, as the next one
  std::vector<bool> estimated_;  // estimates go into it
  Metrics reference_;
};

}  // namespace lnsim
