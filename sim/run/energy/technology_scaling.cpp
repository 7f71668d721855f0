#include "sim/run/energy/technology_scaling.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/base/errors.h"

namespace lnsim {
namespace {

// e(V) = a V^2 + b V + c, in fJ.
struct EnergyFit {
  std::string_view node;
  double a, b, c;

  double at(double voltage_v) const { return (a * voltage_v + b) * voltage_v + c; }
};

// Coefficients of the publication as the open tool nodeScale lists them.
constexpr std::array<EnergyFit, 12> kFits{{
    {"130", 7.171, -6.709, 2.904},
    {"90", 4.762, -4.781, 2.092},
    {"65", 3.755, -4.398, 1.975},
    {"45", 1.018, -0.3107, 0.1539},
    {"lp45", 1.103, -0.362, 0.2767},
    {"32", 0.8367, -0.4341, 0.1701},
    {"20", 0.373, -0.1582, 0.04104},
    {"16", 0.2958, -0.1241, 0.03024},
    {"14", 0.2363, -0.09675, 0.02239},
    {"10", 0.2068, -0.09311, 0.02375},
    {"7", 0.1776, -0.09097, 0.02447},
    {"lp7", 0.09365, -0.03409, 0.02043},
}};

const EnergyFit& fit_of(const std::string& node) {
  const auto found =
      std::find_if(kFits.begin(), kFits.end(), [&](const EnergyFit& fit) { return fit.node == node; });
  if (found == kFits.end()) {
    throw UserError(
        Diagnostic{{}, "--scale-node", node, fmt::format("one of {}", fmt::join(node_names(), ", "))});
  }
  return *found;
}

bool is_carried(const EventRow& row) {
  return row.component != "dram" && row.component != "leakage";
}

void scale(SwitchingModel& model, double factor, double band) {
  for (SwitchingCoefficients* coefficients : {&model.lane, &model.collector}) {
    for (double& coefficient : *coefficients) coefficient *= factor;
  }
  model.source = fmt::format("coefficients x {:.4g}: {}", factor, model.source);
  model.basis = Basis::scaled;
  model.uncertainty.low /= band;
  model.uncertainty.high *= band;
}

}  // namespace

std::vector<std::string_view> node_names() {
  std::vector<std::string_view> names;
  for (const EnergyFit& fit : kFits) names.push_back(fit.node);
  return names;
}

double energy_scale(const Technology& from, const Technology& to) {
  const EnergyFit& source = fit_of(from.node);
  const EnergyFit& target = fit_of(to.node);
  if (!(to.voltage_v >= kScalableVoltages.lowest && to.voltage_v <= kScalableVoltages.highest)) {
    throw UserError(Diagnostic{
        {},
        "--scale-voltage",
        fmt::format("{}", to.voltage_v),
        fmt::format("a voltage from {} to {} (V)", kScalableVoltages.lowest, kScalableVoltages.highest)});
  }
  if (from.node == to.node) return std::pow(to.voltage_v / from.voltage_v, 2);
  return target.at(to.voltage_v) / source.at(from.voltage_v);
}

EnergyCosts scaled(EnergyCosts costs, const Technology& to) {
  if (!costs.technology) {
    throw UserError(
        Diagnostic{{},
                   "--scale-node",
                   fmt::format("an energy table, \"{}\", without conditions.scale_from", costs.table),
                   "one that says which node and voltage its figures are from"});
  }
  const Technology from = *costs.technology;
  const double factor = energy_scale(from, to);
  const double band = from.node == to.node ? 1.0 : kScalingBand;
  costs.scaling = fmt::format(
      "SCALED from {} nm at {} V to {} nm at {} V: x {:.4g} ({}); DRAM and leakage are not scaled", from.node,
      from.voltage_v, to.node, to.voltage_v, factor,
      band > 1.0 ? fmt::format("Stillmaker and Baas 2017; good to a factor of {}", band)
                 : std::string("the square of the voltage"));
  for (const EventRow& row : kEvents) {
    EventCost& cost = costs.of[static_cast<std::size_t>(row.event)];
    if (!is_carried(row) || cost.pj == 0.0) continue;
    cost.source = fmt::format("{:.4g} pJ x {:.4g}, scaled from {} nm at {} V to {} nm at {} V: {}", cost.pj,
                              factor, from.node, from.voltage_v, to.node, to.voltage_v, cost.source);
    cost.pj *= factor;
    cost.basis = Basis::scaled;
    cost.uncertainty.low /= band;
    cost.uncertainty.high *= band;
  }
  if (costs.switching) scale(*costs.switching, factor, band);
  return costs;
}

}  // namespace lnsim
