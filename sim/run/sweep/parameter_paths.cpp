#include "sim/run/sweep/parameter_paths.h"

#include <map>

#include "sim/base/yaml_reader.h"
#include "sim/run/config/run_config.h"

namespace lnsim {
namespace {

void add_entries(const std::vector<ParameterEntry>& entries, const std::string& parent,
                 std::map<std::string, ParameterEntry>& all, std::vector<std::string>& order) {
  for (const ParameterEntry& entry : entries) {
    if (entry.type == ParameterType::list) continue;
    const std::string path = child_path(parent, entry.name);
    // A key may stand under several conditions.
    if (all.try_emplace(path, entry).second) order.push_back(path);
    if (entry.type == ParameterType::section) add_entries(entry.children, path, all, order);
  }
}

struct Listing {
  Listing() {
    RunConfig config;
    add_entries(ParameterLister::listed(config), "", entries, order);
  }
  std::map<std::string, ParameterEntry> entries;
  std::vector<std::string> order;
};

const Listing& listing() {
  static const Listing kListing;
  return kListing;
}

}  // namespace

std::vector<std::string> settable_paths() {
  return listing().order;
}

std::vector<std::string> parameter_paths() {
  std::vector<std::string> paths;
  for (const std::string& path : listing().order)
    if (listing().entries.at(path).type != ParameterType::section) paths.push_back(path);
  return paths;
}

void check_parameter_value(const YamlNode& value, const std::string& parameter, const std::string& path,
                           YamlReport& report) {
  const ParameterEntry& entry = listing().entries.at(parameter);
  switch (entry.type) {
    case ParameterType::integer:
      read_integer(value, path, entry.integer_range, entry.unit, report);
      return;
    case ParameterType::real:
      read_real(value, path, entry.real_range, entry.unit, report);
      return;
    case ParameterType::boolean:
      read_boolean(value, path, report);
      return;
    case ParameterType::text:
      read_text(value, path, report);
      return;
    case ParameterType::choice:
      read_choice(value, path, entry.choices, report);
      return;
    case ParameterType::section:
    case ParameterType::list:
      if (value.kind != YamlNode::Kind::map) report.add(value.mark, path, shown(value), "a map of keys");
      return;
  }
}

}  // namespace lnsim
