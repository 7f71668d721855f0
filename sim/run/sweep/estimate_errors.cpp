#include "sim/run/sweep/estimate_errors.h"

#include <algorithm>
#include <cmath>

namespace lnsim {
namespace {

constexpr double kSafety = 2.0;

double share_off(double estimate, double simulated) {
  const double off = std::abs(estimate - simulated);
  return simulated == 0.0 ? off : off / std::abs(simulated);
}

}  // namespace

void EstimateErrors::add(const SweepPoint& estimate, const SweepPoint& simulated, SweepRules& rules) {
  if (!simulated.result.error.empty() || !estimate.result.error.empty()) return;
  const auto add_metric = [&](Error& error, Metric metric) {
    const double off = share_off(*at(estimate.result.metrics, metric), *at(simulated.result.metrics, metric));
    error.mean += (off - error.mean) / static_cast<double>(points);
    error.worst = std::max(error.worst, off);
  };
  ++points;
  add_metric(cycles, Metric::cycles);
  add_metric(energy, Metric::energy_pj);
  const auto estimated_values = rules.objectives(estimate);
  const auto values = rules.objectives(simulated);
  worst_objectives.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] && estimated_values[i])
      worst_objectives[i] = std::max(worst_objectives[i], share_off(*estimated_values[i], *values[i]));
}

EstimateMargins EstimateErrors::margins() const {
  EstimateMargins margins{kSafety * std::max(cycles.worst, energy.worst), worst_objectives};
  for (double& margin : margins.objectives) margin *= kSafety;
  return margins;
}

}  // namespace lnsim
