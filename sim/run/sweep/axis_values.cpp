#include "sim/run/sweep/axis_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/base/yaml_reader.h"
#include "sim/base/yaml_required.h"
#include "sim/run/sweep/parameter_paths.h"

namespace lnsim {
namespace {

constexpr std::size_t kMostValues = 1'000'000;  // our choice
constexpr RealRange kAnyNumber{-1e300, 1e300};

std::shared_ptr<const YamlNode> number_node(double value, const YamlMark& mark) {
  auto node = std::make_shared<YamlNode>();
  node->kind = YamlNode::Kind::scalar;
  node->mark = mark;
  const bool is_whole = std::abs(value) < 1e15 && value == std::floor(value);
  node->text = is_whole ? fmt::format("{:.0f}", value) : fmt::format("{}", value);
  return node;
}

// from, from + step, ... or from, from * factor, ... up to `to`, which a rounding error does not exclude.
std::vector<std::shared_ptr<const YamlNode>> range_values(YamlMap& map, const YamlMark& mark) {
  const auto from = required_real(map, mark, "from", kAnyNumber, "");
  const auto to = required_real(map, mark, "to", kAnyNumber, "");
  const YamlEntry* step = map.take("step");
  const YamlEntry* factor = map.take("factor");
  if ((step == nullptr) == (factor == nullptr)) {
    map.report().add(mark, map.path(), step == nullptr ? "neither step nor factor" : "step and factor",
                     "one of them between from and to");
    return {};
  }
  const YamlEntry& entry = step == nullptr ? *factor : *step;
  const auto by = read_real(*entry.value, map.path_of(entry.key), kAnyNumber, "", map.report());
  if (!from || !to || !by) return {};
  const bool adds = step != nullptr;
  if (adds ? !(*by > 0.0) : !(*by > 1.0 && *from > 0.0)) {
    map.report().add(entry.value->mark, map.path_of(entry.key), shown(*entry.value),
                     adds ? "a number above 0" : "a number above 1, and from above 0");
    return {};
  }
  const double steps = adds ? (*to - *from) / *by : std::log(*to / *from) / std::log(*by);
  if (!(steps > -1e-9) || steps > static_cast<double>(kMostValues)) {
    map.report().add(mark, map.path(), fmt::format("{} to {}", *from, *to),
                     fmt::format("from 1 to {} values", kMostValues));
    return {};
  }
  std::vector<std::shared_ptr<const YamlNode>> values;
  const auto count = static_cast<std::size_t>(std::floor(steps + 1e-9)) + 1;
  for (std::size_t i = 0; i < count; ++i) {
    const auto n = static_cast<double>(i);
    values.push_back(number_node(adds ? *from + n * *by : *from * std::pow(*by, n), mark));
  }
  return values;
}

// Where a value stands in the sweep file means nothing in the config that it goes into.
std::shared_ptr<const YamlNode> without_marks(const YamlNode& node) {
  auto copy = std::make_shared<YamlNode>(node);
  copy->mark = {};
  for (auto& item : copy->items) item = without_marks(*item);
  for (YamlEntry& entry : copy->entries) {
    entry.mark = {};
    entry.value = without_marks(*entry.value);
  }
  return copy;
}

std::vector<std::string> read_paths(YamlMap& map, const YamlMark& mark) {
  const YamlEntry* one = map.take("path");
  const YamlEntry* several = map.take("paths");
  std::vector<const YamlNode*> nodes;
  if (one != nullptr) nodes.push_back(one->value.get());
  if (several != nullptr)
    for (const auto& item : several->value->items) nodes.push_back(item.get());
  if (nodes.empty() || (one != nullptr && several != nullptr)) {
    map.report().add(mark, map.path(), nodes.empty() ? "no path" : "path and paths",
                     "a parameter as path, or a list of them as paths");
    return {};
  }
  const std::vector<std::string> known = settable_paths();
  std::vector<std::string> paths;
  for (const YamlNode* node : nodes) {
    const auto path = read_text(*node, map.path_of("path"), map.report());
    if (!path) continue;
    if (std::find(known.begin(), known.end(), *path) == known.end()) {
      const std::string near = nearest_name(*path, known);
      map.report().add(node->mark, map.path_of("path"), *path,
                       near.empty() ? "the path of a parameter: lnsim describe lists them"
                                    : fmt::format("the path of a parameter: did you mean {}?", near));
      continue;
    }
    paths.push_back(*path);
  }
  return paths;
}

std::optional<SweepTrack> read_track(const YamlNode& node, const std::string& path, YamlReport& report) {
  YamlMap map(node, path, report);
  if (node.kind != YamlNode::Kind::map) return std::nullopt;
  SweepTrack track{read_paths(map, node.mark), {}};
  if (const YamlEntry* values = map.take("values")) {
    for (const std::string_view key : {"from", "to", "step", "factor"}) map.exclude(key, "no values");
    if (values->value->kind == YamlNode::Kind::list) track.values = values->value->items;
    if (track.values.empty())
      report.add(values->value->mark, map.path_of("values"), shown(*values->value),
                 "a list of one or more values");
    for (std::size_t i = 0; i < track.values.size(); ++i)
      for (const std::string& parameter : track.paths)
        check_parameter_value(*track.values[i], parameter, fmt::format("{}.values[{}]", path, i), report);
  } else {
    track.values = range_values(map, node.mark);
    for (const auto& value : track.values)
      for (const std::string& parameter : track.paths)
        if (!report.mentions(path)) check_parameter_value(*value, parameter, path, report);
  }
  map.finish();
  if (track.paths.empty() || track.values.empty()) return std::nullopt;
  for (auto& value : track.values) value = without_marks(*value);
  return track;
}

}  // namespace

std::optional<SweepAxis> read_axis(const YamlNode& node, const std::string& path, YamlReport& report) {
  SweepAxis axis;
  const bool zips =
      node.kind == YamlNode::Kind::map && node.entries.size() == 1 && node.entries[0].key == "zip";
  if (!zips) {
    const auto track = read_track(node, path, report);
    if (!track) return std::nullopt;
    axis.tracks.push_back(*track);
    return axis;
  }
  const YamlNode& list = *node.entries[0].value;
  if (list.kind != YamlNode::Kind::list || list.items.empty()) {
    report.add(list.mark, path + ".zip", shown(list), "a list of axes");
    return std::nullopt;
  }
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const auto track = read_track(*list.items[i], fmt::format("{}.zip[{}]", path, i), report);
    if (!track) return std::nullopt;
    axis.tracks.push_back(*track);
    if (track->values.size() == axis.size()) continue;
    report.add(list.items[i]->mark, fmt::format("{}.zip[{}]", path, i),
               fmt::format("{} values", track->values.size()),
               fmt::format("{}, as the first axis of the zip has", axis.size()));
    return std::nullopt;
  }
  return axis;
}

}  // namespace lnsim
