#include "sim/run/report/report_numeric.h"

namespace lnsim {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json figures_json(const ErrorFigures& figures, NumericDetail detail) {
  Json json{{"sqnr_db", or_null(figures.sqnr_db)},
            {"max_error", figures.max_error},
            {"relative_max_error", or_null(figures.relative_max_error())},
            {"values", figures.values},
            {"differing", figures.differing},
            {"not_finite", figures.not_finite}};
  if (detail == NumericDetail::full) json["sign_flips"] = figures.sign_flips;
  return json;
}

Json figures_json(const std::optional<ErrorFigures>& figures, NumericDetail detail) {
  return figures ? figures_json(*figures, detail) : Json(nullptr);
}

Json quantise_json(const arith::QuantiseCounts& counts) {
  return Json{{"values", counts.values},
              {"saturated", counts.saturated},
              {"underflow_clamped", counts.underflow_clamped},
              {"underflow_flushed", counts.underflow_flushed}};
}

Json operand_json(const OperandReport& operand) {
  Json json{{"format", operand.format}};
  json.update(quantise_json(operand.counts));
  if (operand.stored) json["stored"] = quantise_json(*operand.stored);
  return json;
}

}  // namespace

Json numeric_json(const NumericReport& report, NumericDetail detail) {
  Json json;
  json["sums_against_recorded"] = figures_json(report.sums, detail);
  json["outputs_against_recorded"] = figures_json(report.outputs, detail);
  json["rounded_operands_against_recorded"] = figures_json(report.operands, detail);
  json["sums_against_exact"] = figures_json(report.datapath, detail);
  json["outputs_against_sums"] = figures_json(report.post_processing, detail);
  json["products"] = {{"all", report.dot.products},
                      {"zero", report.dot.zero_products},
                      {"lost_below_lsb", report.dot.lost_products},
                      {"truncated_sums", report.dot.truncated_sums},
                      {"saturations", report.dot.saturations}};
  json["operand_a"] = operand_json(report.a);
  json["operand_b"] = operand_json(report.b);
  json["output"] = operand_json(report.output);
  return json;
}

Json numeric_json(const UpdateReport& report, NumericDetail detail) {
  Json json;
  json["rule"] = kOptimizerKindNames[static_cast<std::size_t>(report.rule)];
  json["learning_rate"] = report.learning_rate;
  json["differing_codes"] = or_null(report.differing_codes);
  json["max_code_distance"] = or_null(report.max_code_distance);
  const UpdateCounts& counts = report.counts;
  json["updates"] = {{"values", counts.values},
                     {"unchanged", counts.unchanged},
                     {"zero_steps", counts.zero_steps},
                     {"zero_weights", counts.zero_weights},
                     {"clamped_gradients", counts.clamped_gradients},
                     {"saturated", counts.saturated},
                     {"underflowed", counts.underflowed},
                     {"state_saturated", counts.state_saturated},
                     {"state_underflowed", counts.state_underflowed},
                     {"not_a_number", counts.not_a_number}};
  json["weights_against_recorded"] = figures_json(report.weights, detail);
  if (report.next_step) json["weights_against_next_step"] = figures_json(report.next_step, detail);
  json["weight"] = quantise_json(report.weight);
  json["gradient"] = quantise_json(report.gradient);
  json["state"] = quantise_json(report.state);
  return json;
}

Json origins_json(const std::vector<OperandOrigin>& origins) {
  Json json = Json::array();
  for (const OperandOrigin& origin : origins) {
    json.push_back({{"operand", origin.operand},
                    {"tensor", origin.tensor},
                    {"from", origin.simulated ? "simulated" : "recorded"},
                    {"because", origin.simulated ? Json(nullptr) : Json(origin.because)}});
  }
  return json;
}

Json chain_json(const IterationResult& result) {
  std::size_t simulated = 0, recorded = 0;
  for (const OperationResult& operation : result.operations) {
    for (const OperandOrigin& origin : operation.origins) ++(origin.simulated ? simulated : recorded);
  }
  Json cuts = Json::array();
  for (const ChainCut& cut : result.cuts) cuts.push_back({{"at", cut.at}, {"because", cut.because}});
  return Json{{"operands_simulated", simulated}, {"operands_recorded", recorded}, {"cuts", cuts}};
}

}  // namespace lnsim
