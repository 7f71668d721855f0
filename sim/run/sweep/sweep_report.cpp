#include "sim/run/sweep/sweep_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "sim/run/report/csv.h"
#include "sim/run/report/text_table.h"

namespace lnsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostRows = 40;      // of the table; the files have all
constexpr std::size_t kMostFailures = 10;  // kinds of them

Json number_or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json objectives_json(const SweepOutcome& outcome) {
  Json objectives = Json::array();
  for (const auto& objective : outcome.sweep.question.at("objectives")) {
    // By its name's end where it is no metric.
    const std::string name = objective.at("name").get<std::string>();
    std::string unit = name.ends_with("_db") ? "dB" : name.ends_with("_pj") ? "pJ" : "";
    for (const MetricRow& row : kMetrics)
      if (row.name == objective.at("expression").get<std::string>()) unit = row.unit;
    objectives.push_back({{"name", objective.at("name")},
                          {"expression", objective.at("expression")},
                          {"goal", objective.at("goal")},
                          {"unit", unit}});
  }
  return objectives;
}

Json point_json(const SweepPoint& point) {
  Json json{{"number", point.number}, {"parameters", point.parameters}};
  for (const MetricRow& row : kMetrics)
    json["metrics"][row.name] = number_or_null(at(point.result.metrics, row.metric));
  json["estimated"] = point.estimated;
  json["error"] = point.result.error.empty() ? Json(nullptr) : Json(point.result.error);
  json["energy_pj_by_component"] = point.result.energy_pj_by_component;
  json["config"] = point.config;
  return json;
}

// Of the parameters on axes that have at least so many values.
std::vector<std::string> paths_of(const SweepOutcome& outcome, std::size_t values) {
  std::vector<std::string> paths;
  for (const auto& axis : outcome.sweep.question.at("axes"))
    if (axis.at("values").size() >= values) paths.push_back(axis.at("path"));
  return paths;
}

std::string shown(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string csv_row(const SweepPoint& point, const std::vector<std::string>& paths, std::string_view front) {
  std::string row = fmt::format("{}", point.number);
  for (const std::string& path : paths) {
    const auto value = point.parameters.find(path);
    row += "," + (value == point.parameters.end() ? "" : csv_field(shown(*value)));
  }
  for (const MetricRow& metric : kMetrics) {
    const auto& value = at(point.result.metrics, metric.metric);
    row += value ? fmt::format(",{}", *value) : ",";
  }
  return row + fmt::format(",{},{},{}\n", point.estimated ? 1 : 0, front, csv_field(point.result.error));
}

// Paths as short as they can be told apart: the last names.
std::vector<std::string> short_names(const std::vector<std::string>& paths) {
  std::vector<std::string> names;
  for (const std::string& path : paths) {
    std::size_t dot = path.rfind('.');
    const auto is_shared = [&](std::size_t from) {
      const std::string tail = from == std::string::npos ? path : path.substr(from);
      return std::count_if(paths.begin(), paths.end(),
                           [&](const std::string& other) { return ("." + other).ends_with(tail); }) > 1;
    };
    while (dot != std::string::npos && dot > 0 && is_shared(dot)) dot = path.rfind('.', dot - 1);
    names.push_back(dot == std::string::npos ? path : path.substr(dot + 1));
  }
  return names;
}

std::string shown(const std::optional<double>& value, const std::string& unit) {
  if (!value) return "-";
  if (unit == "pJ") return with_prefix(*value * 1e-12) + "J";
  return (*value >= 1e4 ? with_prefix(*value) : fmt::format("{:.4g} ", *value)) + unit;
}

std::string point_name(const SweepPoint& point) {
  return fmt::format("{}{}", point.number, point.estimated ? " (estimated)" : "");
}

void add_row(TextTable& table, const std::string& name, const SweepPoint& point,
             const std::vector<std::string>& paths, const std::vector<std::optional<double>>& objectives,
             const Json& described) {
  std::vector<std::string> row{name};
  for (const std::string& path : paths)
    row.push_back(point.parameters.contains(path) ? shown(point.parameters.at(path)) : "");
  for (std::size_t i = 0; i < objectives.size(); ++i)
    row.push_back(shown(objectives[i], described[i].at("unit").get<std::string>()));
  table.add(std::move(row));
}

std::string front_table(const SweepOutcome& outcome, const std::vector<std::size_t>& front) {
  const std::vector<std::string> paths = paths_of(outcome, 2);
  const Json described = objectives_json(outcome);
  std::vector<std::string> header{"point"};
  for (const std::string& name : short_names(paths)) header.push_back(name);
  for (const auto& objective : described)
    header.push_back(fmt::format("{} ({})", objective.at("name").get<std::string>(),
                                 objective.at("goal").get<std::string>()));
  TextTable table(header, 1);
  for (std::size_t i = 0; i < std::min(front.size(), kMostRows); ++i)
    add_row(table, point_name(outcome.points[front[i]]), outcome.points[front[i]], paths,
            outcome.objectives[front[i]], described);
  if (outcome.reference) {
    table.add_rule();
    add_row(table, "reference", *outcome.reference, paths, outcome.reference_objectives, described);
  }
  std::string text = table.str();
  if (front.size() > kMostRows) text += fmt::format("... and {} more\n", front.size() - kMostRows);
  return text;
}

std::string failures(const SweepOutcome& outcome) {
  std::map<std::string, std::uint64_t> counts;
  std::uint64_t all = 0;
  for (const SweepPoint& point : outcome.points) {
    if (point.result.error.empty()) continue;
    ++counts[point.result.error];
    ++all;
  }
  if (all == 0) return "";
  std::string text = fmt::format("\n{} points failed:\n", grouped(all));
  std::size_t shown_kinds = 0;
  for (const auto& [error, count] : counts) {
    if (shown_kinds++ == kMostFailures)
      return text + fmt::format("  ... {} messages in all\n", counts.size());
    text += fmt::format("  {} x {}\n", count, error);
  }
  return text;
}

}  // namespace

Json sweep_json(const SweepOutcome& outcome) {
  const StoredSweep& sweep = outcome.sweep;
  Json json{{"kind", "sweep"}, {"name", sweep.name}, {"program", sweep.program}, {"id", sweep.id}};
  json["axes"] = sweep.question.at("axes");
  json["objectives"] = objectives_json(outcome);
  json["metrics"] = Json::array();
  for (const MetricRow& row : kMetrics)
    json["metrics"].push_back({{"name", row.name}, {"unit", row.unit}, {"doc", row.doc}});
  std::set<std::string> components;
  for (const SweepPoint& point : outcome.points)
    for (const auto& [component, pj] : point.result.energy_pj_by_component) components.insert(component);
  json["energy_components"] = components;
  json["points"] = Json::array();
  const auto with_objectives = [&](const SweepPoint& point,
                                   const std::vector<std::optional<double>>& objectives) {
    Json described = point_json(point);
    for (std::size_t i = 0; i < objectives.size(); ++i)
      described["objectives"][json["objectives"][i]["name"].get<std::string>()] =
          number_or_null(objectives[i]);
    return described;
  };
  for (std::size_t i = 0; i < outcome.points.size(); ++i) {
    Json point = with_objectives(outcome.points[i], outcome.objectives[i]);
    point["front"] = static_cast<bool>(outcome.is_on_front[i]);
    json["points"].push_back(std::move(point));
  }
  json["reference"] =
      outcome.reference ? with_objectives(*outcome.reference, outcome.reference_objectives) : Json(nullptr);
  json["provenance"] = {{"program", sweep.program},
                        {"constraints", sweep.question.at("constraints")},
                        {"search", sweep.question.at("search")},
                        {"inputs", sweep.question.at("inputs")}};
  return json;
}

std::string sweep_csv(const SweepOutcome& outcome) {
  const std::vector<std::string> paths = paths_of(outcome, 1);
  std::string csv = "number";
  for (const std::string& path : paths) csv += "," + path;
  for (const MetricRow& row : kMetrics) csv += fmt::format(",{}", row.name);
  csv += ",estimated,front,error\n";
  if (outcome.reference) csv += csv_row(*outcome.reference, paths, "");
  for (std::size_t i = 0; i < outcome.points.size(); ++i)
    csv += csv_row(outcome.points[i], paths, outcome.is_on_front[i] ? "1" : "0");
  return csv;
}

std::string sweep_table(const SweepOutcome& outcome) {
  const std::vector<std::size_t> front = front_of(outcome);
  const auto estimated =
      std::count_if(outcome.points.begin(), outcome.points.end(),
                    [](const SweepPoint& point) { return point.estimated && point.result.error.empty(); });
  std::string text = fmt::format("{}: {} points", outcome.sweep.name, grouped(outcome.points.size()));
  if (estimated > 0)
    text += fmt::format(", {} of them estimates", grouped(static_cast<std::uint64_t>(estimated)));
  text += front.empty() ? "; none is allowed by the constraints and has all objectives\n"
                        : fmt::format(", {} on the front\n", grouped(front.size()));
  if (!front.empty() || outcome.reference) text += front_table(outcome, front);
  return text + failures(outcome);
}

}  // namespace lnsim
