#include "sim/run/sweep/rules.h"

#include <algorithm>
#include <cmath>

#include "sim/run/sweep/parameter_paths.h"
#include "sim/run/sweep/sweep_file.h"

namespace lnsim {
namespace {

const MetricRow* metric_of(std::string_view name) {
  const auto found =
      std::find_if(kMetrics.begin(), kMetrics.end(), [&](const MetricRow& row) { return row.name == name; });
  return found == kMetrics.end() ? nullptr : found;
}

bool is_estimated(std::string_view name) {
  const MetricRow* row = metric_of(name);
  return row != nullptr && std::find(kEstimatedMetrics.begin(), kEstimatedMetrics.end(), row->metric) !=
                               kEstimatedMetrics.end();
}

SweepValue value_of(const Metrics& metrics, const MetricRow& row) {
  const auto& value = at(metrics, row.metric);
  return value ? SweepValue(*value) : SweepValue();
}

// Of a parameter that the config does not have, because its condition does not hold, nothing.
SweepValue parameter(const nlohmann::ordered_json& config, std::string_view path) {
  const nlohmann::ordered_json* json = &config;
  while (!path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    const auto found = json->find(path.substr(0, dot));
    if (found == json->end()) return {};
    json = &*found;
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return sweep_value(*json);
}

}  // namespace

SweepRules::SweepRules(const nlohmann::ordered_json& question, const Metrics& reference)
    : reference_(reference) {
  const std::vector<std::string> names = expression_names(question.at("has_reference").get<bool>());
  const std::vector<std::string> parameters = parameter_paths();
  for (const auto& constraint : question.at("constraints")) {
    Expression expression(constraint.get<std::string>(), names);
    const bool needs_metrics =
        std::any_of(expression.names().begin(), expression.names().end(), [&](const std::string& name) {
          return std::find(parameters.begin(), parameters.end(), name) == parameters.end();
        });
    (needs_metrics ? on_metrics_ : on_parameters_).push_back(std::move(expression));
  }
  for (const auto& objective : question.at("objectives")) {
    objectives_.emplace_back(objective.at("expression").get<std::string>(), names);
    maximise_.push_back(objective.at("goal") == "max");
    const std::vector<std::string>& used = objectives_.back().names();
    estimated_.push_back(std::any_of(used.begin(), used.end(), is_estimated));
  }
}

SweepValue SweepRules::evaluate(Expression& expression, const nlohmann::ordered_json& config,
                                const Metrics& metrics) {
  std::vector<SweepValue> values;
  for (const std::string& name : expression.names()) {
    if (const MetricRow* row = metric_of(name)) {
      values.push_back(value_of(metrics, *row));
    } else if (name.starts_with(kReferencePrefix)) {
      values.push_back(
          value_of(reference_, *metric_of(std::string_view(name).substr(kReferencePrefix.size()))));
    } else {
      values.push_back(parameter(config, name));
    }
  }
  return expression.of(values);
}

bool SweepRules::all_true(std::vector<Expression>& expressions, const nlohmann::ordered_json& config,
                          const Metrics& metrics) {
  return std::all_of(expressions.begin(), expressions.end(),
                     [&](Expression& expression) { return is_true(evaluate(expression, config, metrics)); });
}

bool SweepRules::allows(const nlohmann::ordered_json& config) {
  return all_true(on_parameters_, config, {});
}

bool SweepRules::allows(const SweepPoint& point) {
  return all_true(on_metrics_, point.config, point.result.metrics);
}

std::vector<std::optional<double>> SweepRules::objectives(const SweepPoint& point) {
  std::vector<std::optional<double>> values;
  for (Expression& objective : objectives_) {
    const SweepValue value = evaluate(objective, point.config, point.result.metrics);
    const double* number = std::get_if<double>(&value);
    values.push_back(number == nullptr ? std::nullopt : std::optional(*number));
  }
  return values;
}

std::optional<Goals> SweepRules::goals(const SweepPoint& point) {
  if (!point.result.error.empty() || !allows(point)) return std::nullopt;
  return turned_objectives(point);
}

std::optional<Goals> SweepRules::best_goals(const SweepPoint& point, const EstimateMargins& margins) {
  if (!point.result.error.empty()) return std::nullopt;
  const auto allowed_with = [&](double factor) {
    Metrics metrics = point.result.metrics;
    for (const Metric metric : kEstimatedMetrics)
      if (at(metrics, metric)) *at(metrics, metric) *= factor;
    return all_true(on_metrics_, point.config, metrics);
  };
  if (!allowed_with(1.0) && !allowed_with(1.0 - margins.metrics) && !allowed_with(1.0 + margins.metrics))
    return std::nullopt;
  std::optional<Goals> goals = turned_objectives(point);
  if (!goals) return std::nullopt;
  for (std::size_t i = 0; i < std::min(goals->size(), margins.objectives.size()); ++i)
    (*goals)[i] -= margins.objectives[i] * std::abs((*goals)[i]);
  return goals;
}

EstimateMargins SweepRules::equal_margins(double margin) const {
  EstimateMargins margins{margin, {}};
  for (const bool estimated : estimated_) margins.objectives.push_back(estimated ? margin : 0.0);
  return margins;
}

std::optional<Goals> SweepRules::turned_objectives(const SweepPoint& point) {
  const std::vector<std::optional<double>> values = objectives(point);
  Goals goals;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i]) return std::nullopt;
    goals.push_back(maximise_[i] ? -*values[i] : *values[i]);
  }
  return goals;
}

}  // namespace lnsim
