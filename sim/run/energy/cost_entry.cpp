#include "sim/run/energy/cost_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/base/yaml_required.h"
#include "sim/run/energy/figure.h"

namespace lnsim {
namespace {

constexpr RealRange kPointRange{1.0, 1e12};

// What an entry's map says beside what its place adds.
std::optional<CostEntry> read_entry(YamlMap& map, const YamlMark& mark, const std::string& path);

std::optional<CostEntry> read_point(const YamlNode& node, const std::string& path, YamlReport& report) {
  YamlMap map(node, path, report);
  if (node.kind != YamlNode::Kind::map) return std::nullopt;
  const YamlEntry* at = required(map, node.mark, "at", "the size that the figure belongs to");
  std::optional<double> size;
  if (at != nullptr) size = read_real(*at->value, map.path_of("at"), kPointRange, "", report);
  std::optional<CostEntry> point = read_entry(map, node.mark, path);
  map.finish();
  if (!size || !point) return std::nullopt;
  point->at = *size;
  return point;
}

// No line between logarithms joins them. What entries inside them come to is known for a machine only.
bool cannot_be_joined(const CostEntry& a, const CostEntry& b) {
  const bool are_figures = a.kind == CostEntry::Kind::figure && b.kind == CostEntry::Kind::figure;
  return are_figures && (a.cost.pj == 0.0) != (b.cost.pj == 0.0);
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
    std::optional<CostEntry> point = read_point(*node.items[i], path, report);
    good = good && point;
    if (!point) continue;
    if (!entry.parts.empty() && point->at <= entry.parts.back().at) {
      report.add(node.items[i]->mark, path, fmt::format("{}", point->at),
                 fmt::format("more than {}, the point before", entry.parts.back().at));
      good = false;
    } else if (!entry.parts.empty() && cannot_be_joined(*point, entry.parts.back())) {
      report.add(node.items[i]->mark, path,
                 fmt::format("{} pJ beside {} pJ", point->cost.pj, entry.parts.back().cost.pj),
                 "all points zero or none: a straight line between logarithms joins them");
      good = false;
    }
    entry.parts.push_back(std::move(*point));
  }
  return good;
}

bool read_choices(const YamlNode& node, CostEntry& entry, YamlReport& report) {
  YamlMap map(node, entry.path, report);
  bool good = node.kind == YamlNode::Kind::map;
  for (const std::string_view value : kCostChoices[entry.selector].values) {
    const YamlEntry* found = map.take(value);
    if (found == nullptr) continue;
    std::optional<CostEntry> part = read_cost_entry(*found->value, map.path_of(value), report);
    good = good && part;
    if (!part) continue;
    part->value = value;
    entry.parts.push_back(std::move(*part));
  }
  map.finish();
  return good;
}

bool read_sum(const YamlNode& node, CostEntry& entry, YamlReport& report) {
  if (node.kind != YamlNode::Kind::list || node.items.empty()) {
    report.add(node.mark, entry.path, shown(node), "a list of entries");
    return false;
  }
  bool good = true;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    std::optional<CostEntry> part =
        read_cost_entry(*node.items[i], fmt::format("{}[{}]", entry.path, i), report);
    good = good && part;
    if (part) entry.parts.push_back(std::move(*part));
  }
  return good;
}

bool read_sram(const YamlNode& node, CostEntry& entry, YamlReport& report) {
  const auto quantity = read_choice(node, entry.path, kSramQuantityNames, report);
  if (quantity) entry.quantity = static_cast<SramQuantity>(*quantity);
  return quantity.has_value();
}

bool read_times(const YamlNode& node, const std::string& path, CostEntry& entry, YamlReport& report) {
  std::vector<std::string_view> names;
  for (const CostSize& size : kCostSizes) names.push_back(size.name);
  if (node.kind != YamlNode::Kind::list) {
    report.add(node.mark, path, shown(node), fmt::format("a list of {}", fmt::join(names, ", ")));
    return false;
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const auto factor = read_choice(*node.items[i], fmt::format("{}[{}]", path, i), names, report);
    if (!factor) return false;
    entry.times.push_back(*factor);
  }
  return true;
}

// A form of entry by the key that tells it.
struct Form {
  std::string_view key;
  CostEntry::Kind kind;
  std::size_t selector = 0;
  bool (*read)(const YamlNode&, CostEntry&, YamlReport&);
};

std::vector<Form> forms() {
  std::vector<Form> all;
  for (std::size_t i = 0; i < kCostChoices.size(); ++i)
    all.push_back({kCostChoices[i].selector, CostEntry::Kind::choice, i, read_choices});
  for (std::size_t i = 0; i < kCostSizes.size(); ++i) {
    if (!kCostSizes[i].selector.empty())
      all.push_back({kCostSizes[i].selector, CostEntry::Kind::points, i, read_points});
  }
  all.push_back({"sum", CostEntry::Kind::sum, 0, read_sum});
  all.push_back({"sram", CostEntry::Kind::sram, 0, read_sram});
  return all;
}

std::optional<CostEntry> read_entry(YamlMap& map, const YamlMark& mark, const std::string& path) {
  YamlReport& report = map.report();
  CostEntry entry;
  entry.path = path;
  entry.mark = mark;
  bool good = true;
  std::string_view form_key;
  for (const Form& form : forms()) {
    const YamlEntry* found = map.take(form.key);
    if (found == nullptr) continue;
    if (!form_key.empty()) {
      report.add(found->mark, map.path_of(form.key), fmt::format("{} beside {}", form.key, form_key),
                 "one of them");
      good = false;
      continue;
    }
    form_key = form.key;
    entry.kind = form.kind;
    entry.selector = form.selector;
    entry.path = map.path_of(form.key);
    entry.mark = found->mark;
    good = form.read(*found->value, entry, report) && good;
  }
  if (const YamlEntry* times = map.take("times"))
    good = read_times(*times->value, map.path_of("times"), entry, report) && good;
  if (form_key.empty()) {
    const std::optional<EventCost> cost = read_figure(map, mark);
    good = good && cost;
    entry.cost = cost.value_or(EventCost{});
  }
  return good ? std::optional(std::move(entry)) : std::nullopt;
}

}  // namespace

std::optional<CostEntry> read_cost_entry(const YamlNode& node, const std::string& path, YamlReport& report) {
  YamlMap map(node, path, report);
  if (node.kind != YamlNode::Kind::map) return std::nullopt;
  std::optional<CostEntry> entry = read_entry(map, node.mark, path);
  map.finish();
  return entry;
}

}  // namespace lnsim
