#include "sim/run/sweep/design.h"

#include <fmt/format.h>

#include <random>
#include <set>

#include "sim/base/yaml_overlay.h"

namespace lnsim {
namespace {

nlohmann::ordered_json json_of(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return nullptr;
    case YamlNode::Kind::list: {
      auto list = nlohmann::ordered_json::array();
      for (const auto& item : node.items) list.push_back(json_of(*item));
      return list;
    }
    case YamlNode::Kind::map: {
      auto map = nlohmann::ordered_json::object();
      for (const YamlEntry& entry : node.entries) map[entry.key] = json_of(*entry.value);
      return map;
    }
    case YamlNode::Kind::scalar:
      break;
  }
  if (const auto integer = integer_of(node)) return *integer;
  if (const auto real = real_of(node)) return *real;
  if (const auto boolean = boolean_of(node)) return *boolean;
  return node.text;
}

}  // namespace

Design design_of(const SweepFile& sweep, std::uint64_t number) {
  Design design(sweep.axes.size());
  for (std::size_t i = design.size(); i-- > 0;) {
    design[i] = static_cast<std::uint32_t>(number % sweep.axes[i].size());
    number /= sweep.axes[i].size();
  }
  return design;
}

std::uint64_t number_of(const SweepFile& sweep, const Design& design) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < design.size(); ++i) number = number * sweep.axes[i].size() + design[i];
  return number;
}

std::vector<std::uint64_t> searched_numbers(const SweepFile& sweep) {
  const std::uint64_t size = sweep.grid_size();
  const bool all = sweep.search.kind == SearchKind::grid || sweep.search.samples >= size;
  std::set<std::uint64_t> numbers;
  if (all) {
    for (std::uint64_t i = 0; i < size; ++i) numbers.insert(numbers.end(), i);
  } else {
    // Floyd's sampling: every subset is equally likely.
    std::mt19937_64 random(sweep.search.seed);
    for (std::uint64_t top = size - sweep.search.samples; top < size; ++top) {
      const std::uint64_t drawn = random() % (top + 1);
      if (!numbers.insert(drawn).second) numbers.insert(top);
    }
  }
  return {numbers.begin(), numbers.end()};
}

nlohmann::ordered_json design_parameters(const SweepFile& sweep, const Design& design) {
  auto parameters = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < design.size(); ++i)
    for (const SweepTrack& track : sweep.axes[i].tracks)
      for (const std::string& path : track.paths) parameters[path] = json_of(*track.values[design[i]]);
  return parameters;
}

RunConfig sweep_config(const SweepFile& sweep, const YamlDocument& document,
                       const std::filesystem::path& path) {
  RunConfig config = read_run_config(document, path);
  // Relative to the config, as its own is.
  if (sweep.energy_table)
    config.energy_table =
        sweep.energy_table->lexically_proximate(path.parent_path().empty() ? "." : path.parent_path())
            .generic_string();
  return config;
}

YamlDocument design_document(const SweepFile& sweep, const YamlDocument& base, const Design& design) {
  YamlDocument document = base;
  for (std::size_t i = 0; i < design.size(); ++i)
    for (const SweepTrack& track : sweep.axes[i].tracks)
      for (const std::string& path : track.paths)
        document.root = with_value(document.root, path, track.values[design[i]]);
  return document;
}

}  // namespace lnsim
