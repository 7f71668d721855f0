#include "sim/base/yaml_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace lnsim {

YamlReport::YamlReport(const YamlDocument& document)
    : file_(document.file), diagnostics_(document.diagnostics) {}

void YamlReport::add(const YamlMark& mark, std::string path, std::string got, std::string expected) {
  diagnostics_.push_back(
      {{file_, mark.line, mark.column}, std::move(path), std::move(got), std::move(expected)});
}

bool YamlReport::mentions(std::string_view path) const {
  return std::any_of(diagnostics_.begin(), diagnostics_.end(),
                     [&](const Diagnostic& diagnostic) { return diagnostic.path == path; });
}

std::vector<Diagnostic> YamlReport::sorted() const {
  std::vector<Diagnostic> sorted = diagnostics_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.position.line, a.position.column) < std::tie(b.position.line, b.position.column);
  });
  return sorted;
}

void YamlReport::throw_if_any() const {
  if (!diagnostics_.empty()) throw UserError(sorted());
}

YamlMap::YamlMap(const YamlNode& node, std::string path, YamlReport& report)
    : node_(&node), path_(std::move(path)), report_(&report), is_map_(node.kind == YamlNode::Kind::map) {
  if (!is_map_) report.add(node.mark, path_, shown(node), "a map of keys");
}

const YamlEntry* YamlMap::take(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  const auto found = std::find_if(node_->entries.begin(), node_->entries.end(),
                                  [&](const YamlEntry& entry) { return entry.key == key; });
  return found == node_->entries.end() ? nullptr : &*found;
}

void YamlMap::exclude(std::string_view key, std::string_view condition) {
  std::string& conditions = excluded_[std::string(key)];
  conditions += conditions.empty() ? "" : " or ";
  conditions += condition;
}

void YamlMap::finish() const {
  for (const YamlEntry& entry : node_->entries) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    const std::string path = path_of(entry.key);
    const auto excluded = excluded_.find(entry.key);
    if (excluded == excluded_.end()) {
      report_->add(entry.mark, path, "an unknown key", expected_names(entry.key));
    } else if (!excluded->second.empty()) {
      report_->add(entry.mark, path, "a key that does not apply here", "it only with " + excluded->second);
    }
  }
}

std::string YamlMap::expected_names(const std::string& key) const {
  std::vector<std::string> names = known_;
  for (const auto& [name, condition] : excluded_) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  const std::string nearest = nearest_name(key, names);
  if (!nearest.empty()) return fmt::format("a known one: did you mean {}?", nearest);
  return fmt::format("one of {}", fmt::join(names, ", "));
}

}  // namespace lnsim
