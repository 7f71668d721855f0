#include "sim/run/energy/energy_cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "sim/base/yaml_reader.h"

namespace lnsim {
namespace {

constexpr std::array<std::string_view, 3> kBasisNames{"published", "derived", "our_choice"};
constexpr RealRange kCostRange{0.0, 1e9};
constexpr RealRange kPointRange{1.0, 1e12};
constexpr std::array<std::string_view, 5> kSelectors{"by_datapath", "by_optimizer", "by_capacity_bytes",
                                                     "by_bits", "by_table_entries"};

ChoiceNames names_of(std::string_view selector) {
  return selector == "by_datapath" ? ChoiceNames(arith::kDatapathKindNames)
                                   : ChoiceNames(kOptimizerKindNames);
}

const YamlEntry* required(YamlMap& map, const YamlMark& mark, std::string_view key,
                          std::string_view expected) {
  const YamlEntry* entry = map.take(key);
  if (entry == nullptr) map.report().add(mark, map.path_of(key), "nothing", std::string(expected));
  return entry;
}

// pj, source and basis.
std::optional<EventCost> read_figure(YamlMap& map, const YamlMark& mark) {
  YamlReport& report = map.report();
  EventCost cost;
  bool good = true;
  if (const YamlEntry* pj =
          required(map, mark, "pj", "the energy of one count, in pJ; zero must be written")) {
    const auto value = read_real(*pj->value, map.path_of("pj"), kCostRange, "pJ", report);
    cost.pj = value.value_or(0.0);
    good = good && value;
  } else {
    good = false;
  }
  if (const YamlEntry* source = required(map, mark, "source", "where the number is from")) {
    const auto value = read_text(*source->value, map.path_of("source"), report);
    cost.source = value.value_or("");
    const bool is_blank = cost.source.find_first_not_of(' ') == std::string::npos;
    if (value && is_blank)
      report.add(source->value->mark, map.path_of("source"), "no text", "where the number is from");
    good = good && !is_blank;
  } else {
    good = false;
  }
  if (const YamlEntry* basis = required(map, mark, "basis", "one of published, derived, our_choice")) {
    const auto value = read_choice(*basis->value, map.path_of("basis"), kBasisNames, report);
    cost.basis = value ? kBasisNames[*value] : "";
    good = good && value;
  } else {
    good = false;
  }
  return good ? std::optional(cost) : std::nullopt;
}

std::optional<CostPoint> read_point(const YamlNode& node, const std::string& path, YamlReport& report) {
  YamlMap map(node, path, report);
  if (node.kind != YamlNode::Kind::map) return std::nullopt;
  const YamlEntry* at = required(map, node.mark, "at", "the size that the figure belongs to");
  std::optional<double> size;
  if (at != nullptr) size = read_real(*at->value, map.path_of("at"), kPointRange, "", report);
  const std::optional<EventCost> cost = read_figure(map, node.mark);
  map.finish();
  if (!size || !cost) return std::nullopt;
  return CostPoint{*size, *cost};
}

bool read_points(const YamlNode& node, CostEntry& entry, YamlReport& report) {
  if (node.kind != YamlNode::Kind::list || node.items.size() < 2) {
    const bool is_list = node.kind == YamlNode::Kind::list;
    report.add(node.mark, entry.path, is_list ? fmt::format("{} points", node.items.size()) : shown(node),
               "a list of two or more points with at, pj, source and basis");
    return false;
  }
  bool good = true;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const std::string path = fmt::format("{}[{}]", entry.path, i);
    const std::optional<CostPoint> point = read_point(*node.items[i], path, report);
    good = good && point;
    if (!point) continue;
    if (!entry.points.empty() && point->at <= entry.points.back().at) {
      report.add(node.items[i]->mark, path, fmt::format("{}", point->at),
                 fmt::format("more than {}, the point before", entry.points.back().at));
      good = false;
    } else if (!entry.points.empty() && (point->cost.pj == 0.0) != (entry.points.back().cost.pj == 0.0)) {
      report.add(node.items[i]->mark, path,
                 fmt::format("{} pJ beside {} pJ", point->cost.pj, entry.points.back().cost.pj),
                 "all points zero or none: a straight line between logarithms joins them");
      good = false;
    }
    entry.points.push_back(*point);
  }
  return good;
}

bool read_named(const YamlNode& node, CostEntry& entry, YamlReport& report) {
  YamlMap map(node, entry.path, report);
  bool good = node.kind == YamlNode::Kind::map;
  for (const std::string_view name : names_of(entry.by)) {
    const YamlEntry* found = map.take(name);
    if (found == nullptr) continue;
    std::optional<CostEntry> cost = read_cost_entry(*found->value, map.path_of(name), report);
    good = good && cost;
    if (!cost) continue;
    cost->name = name;
    entry.named.push_back(std::move(*cost));
  }
  map.finish();
  return good;
}

std::optional<EventCost> uncovered(const CostEntry& entry, std::string got, std::string expected,
                                   YamlReport& report) {
  report.add(entry.mark, entry.path, std::move(got), std::move(expected));
  return std::nullopt;
}

std::string_view unit_of(std::string_view selector) {
  if (selector == "by_capacity_bytes") return "B";
  return selector == "by_bits" ? "bit" : "table entries";
}

EventCost between(const CostPoint& low, const CostPoint& high, double at, std::string_view unit) {
  EventCost cost;
  if (low.cost.pj > 0.0) {
    const double share = std::log(at / low.at) / std::log(high.at / low.at);
    cost.pj = low.cost.pj * std::pow(high.cost.pj / low.cost.pj, share);
  }
  const bool is_choice = low.cost.basis == "our_choice" || high.cost.basis == "our_choice";
  cost.basis = is_choice ? "our_choice" : "derived";
  const std::string sources =
      low.cost.source == high.cost.source ? low.cost.source : low.cost.source + " | " + high.cost.source;
  cost.source =
      fmt::format("at {} {}, on the log-log line through {} and {}: {}", at, unit, low.at, high.at, sources);
  return cost;
}

std::optional<EventCost> resolve_points(const CostEntry& entry, std::optional<std::uint64_t> size,
                                        YamlReport& report) {
  const std::string_view unit = unit_of(entry.by);
  if (!size) return uncovered(entry, entry.by, "a form that this event and machine have a size for", report);
  const auto at = static_cast<double>(*size);
  const double lowest = entry.points.front().at / kCostExtrapolation;
  const double highest = entry.points.back().at * kCostExtrapolation;
  if (at < lowest || at > highest) {
    return uncovered(entry, fmt::format("a machine with {} {}", at, unit),
                     fmt::format("{} to {}: the points and a factor of {} around them", lowest, highest,
                                 kCostExtrapolation),
                     report);
  }
  std::size_t high = 1;
  while (high + 1 < entry.points.size() && entry.points[high].at < at) ++high;
  for (const CostPoint& point : entry.points) {
    if (point.at == at) return point.cost;
  }
  return between(entry.points[high - 1], entry.points[high], at, unit);
}

}  // namespace

std::optional<CostEntry> read_cost_entry(const YamlNode& node, const std::string& path, YamlReport& report) {
  YamlMap map(node, path, report);
  if (node.kind != YamlNode::Kind::map) return std::nullopt;
  CostEntry entry;
  entry.path = path;
  entry.mark = node.mark;
  bool good = true;
  for (const std::string_view selector : kSelectors) {
    const YamlEntry* found = map.take(selector);
    if (found == nullptr) continue;
    if (!entry.by.empty()) {
      report.add(found->mark, map.path_of(selector), fmt::format("{} beside {}", selector, entry.by),
                 "one of them");
      good = false;
      continue;
    }
    entry.by = selector;
    entry.path = map.path_of(selector);
    entry.mark = found->mark;
    const bool is_named = selector == "by_datapath" || selector == "by_optimizer";
    good =
        (is_named ? read_named(*found->value, entry, report) : read_points(*found->value, entry, report)) &&
        good;
  }
  if (entry.by.empty()) {
    const std::optional<EventCost> cost = read_figure(map, node.mark);
    good = cost.has_value();
    entry.cost = cost.value_or(EventCost{});
  }
  map.finish();
  return good ? std::optional(std::move(entry)) : std::nullopt;
}

std::optional<EventCost> resolve(const CostEntry& entry, const CostQuantities& quantities,
                                 YamlReport& report) {
  if (entry.by.empty()) return entry.cost;
  if (entry.by == "by_capacity_bytes") return resolve_points(entry, quantities.capacity_bytes, report);
  if (entry.by == "by_bits") return resolve_points(entry, quantities.bits, report);
  if (entry.by == "by_table_entries") return resolve_points(entry, quantities.table_entries, report);
  const bool is_datapath = entry.by == "by_datapath";
  const std::string_view wanted = is_datapath ? quantities.datapath : quantities.optimizer;
  for (const CostEntry& cost : entry.named) {
    if (cost.name == wanted) return resolve(cost, quantities, report);
  }
  return uncovered(
      entry, fmt::format("no entry for {}", wanted),
      fmt::format("one, because the machine's {} is {}", is_datapath ? "datapath" : "optimizer", wanted),
      report);
}

}  // namespace lnsim
