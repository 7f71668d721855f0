#include "sim/run/report/report_switching.h"

#include <fmt/format.h>

#include <optional>

#include "sim/run/report/text_table.h"

namespace lnsim {
namespace {

using Json = nlohmann::ordered_json;

// Model over means: how far the run's operands are from the class of which the means are.
std::optional<double> ratio_to_means(const OperandEnergy& modelled) {
  if (modelled.quanta_by_means == 0) return std::nullopt;
  return static_cast<double>(modelled.total()) / static_cast<double>(modelled.quanta_by_means);
}

Json coefficients_json(const SwitchingCoefficients& coefficients) {
  Json json = Json::object();
  for (std::size_t i = 0; i < coefficients.size(); ++i)
    json[std::string(arith::kSwitchingNames[i])] = coefficients[i];
  return json;
}

}  // namespace

std::string switching_summary(const Energy& energy, std::uint64_t macs, const EnergyCosts& costs) {
  if (!costs.switching) return {};
  const OperandEnergy& modelled = energy.from_operands;
  const SwitchingModel& model = *costs.switching;
  const std::string by_mean = fmt::format("by the mean of operand class \"{}\"", model.operand_class);
  std::string text = "Energy of lanes and collectors\n";
  text += fmt::format("  {:<38} {:>13} MACs\n", "priced from their operands", grouped(modelled.macs));
  text += fmt::format("  {:<38} {:>13} MACs\n", by_mean, grouped(macs - modelled.macs));
  if (const std::optional<double> ratio = ratio_to_means(modelled)) {
    text += fmt::format("  from operands {}J, by the mean {}J: {:.3f} of the mean\n",
                        with_prefix(to_pj(modelled.total()) * 1e-12),
                        with_prefix(to_pj(modelled.quanta_by_means) * 1e-12), *ratio);
  }
  const HeldOutError& error = model.held_out_error;
  return text + fmt::format(
                    "  error of the model against gate level on {} held-out stream{}: mean {:.1f} %, worst "
                    "{:.1f} %\n",
                    error.streams, error.streams == 1 ? "" : "s", 100.0 * error.mean, 100.0 * error.worst);
}

Json switching_json(const Energy& energy, std::uint64_t macs, const EnergyCosts& costs) {
  if (!costs.switching) return nullptr;
  const OperandEnergy& modelled = energy.from_operands;
  const std::optional<double> ratio = ratio_to_means(modelled);
  return Json{{"macs", modelled.macs},
              {"macs_by_mean", macs - modelled.macs},
              {"operand_class_of_mean", costs.switching->operand_class},
              {"energy_pj", to_pj(modelled.total())},
              {"energy_by_mean_pj", to_pj(modelled.quanta_by_means)},
              {"ratio_to_mean", ratio ? Json(*ratio) : Json(nullptr)}};
}

Json switching_model_json(const EnergyCosts& costs) {
  if (!costs.switching) return nullptr;
  const SwitchingModel& model = *costs.switching;
  return Json{{"lane_fj_per_count", coefficients_json(model.lane)},
              {"collector_fj_per_count", coefficients_json(model.collector)},
              {"held_out_error_fraction",
               {{"mean", model.held_out_error.mean}, {"worst", model.held_out_error.worst}}},
              {"held_out_streams", model.held_out_error.streams},
              {"operand_class", model.operand_class},
              {"basis", std::string(name_of(model.basis))},
              {"uncertainty", {model.uncertainty.low, model.uncertainty.high}},
              {"source", model.source}};
}

}  // namespace lnsim
