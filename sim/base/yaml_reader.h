// Reads a struct of parameters that describes itself (sim/base/describe.h) from YAML. Keys that are not there
// keep their defaults; everything that is wrong is reported with its position and what would be right, and
// leaves the default too.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/base/describe.h"
#include "sim/base/yaml_map.h"

namespace lnsim {

// One value each. Nothing, and a line in the report, when it is not what is expected.
std::optional<std::int64_t> read_integer(const YamlNode& node, const std::string& path,
                                         const IntegerRange& range, std::string_view unit,
                                         YamlReport& report);
std::optional<double> read_real(const YamlNode& node, const std::string& path, const RealRange& range,
                                std::string_view unit, YamlReport& report);
std::optional<bool> read_boolean(const YamlNode& node, const std::string& path, YamlReport& report);
std::optional<std::string> read_text(const YamlNode& node, const std::string& path, YamlReport& report);
std::optional<std::size_t> read_choice(const YamlNode& node, const std::string& path, ChoiceNames names,
                                       YamlReport& report);

class YamlReader {
 public:
  YamlReader(const YamlNode& node, std::string path, YamlReport& report)
      : map_(node, std::move(path), report) {}

  template <std::integral T>
  void integer(std::string_view name, T& member, const IntegerRange& range, std::string_view unit,
               std::string_view) {
    const YamlEntry* entry = find(name);
    if (entry == nullptr) return;
    const auto value = read_integer(*entry->value, map_.path_of(name), range, unit, map_.report());
    if (value) member = static_cast<T>(*value);
  }

  void real(std::string_view name, double& member, const RealRange& range, std::string_view unit,
            std::string_view) {
    const YamlEntry* entry = find(name);
    if (entry == nullptr) return;
    member = read_real(*entry->value, map_.path_of(name), range, unit, map_.report()).value_or(member);
  }

  void boolean(std::string_view name, bool& member, std::string_view) {
    const YamlEntry* entry = find(name);
    if (entry == nullptr) return;
    member = read_boolean(*entry->value, map_.path_of(name), map_.report()).value_or(member);
  }

  void text(std::string_view name, std::string& member, std::string_view) {
    const YamlEntry* entry = find(name);
    if (entry == nullptr) return;
    member = read_text(*entry->value, map_.path_of(name), map_.report()).value_or(member);
  }

  template <class Enum>
  void choice(std::string_view name, Enum& member, ChoiceNames names, std::string_view) {
    const YamlEntry* entry = find(name);
    if (entry == nullptr) return;
    const auto value = read_choice(*entry->value, map_.path_of(name), names, map_.report());
    if (value) member = static_cast<Enum>(*value);
    choices_are_known_ = choices_are_known_ && value.has_value();
  }

  template <class Parameters>
  void section(std::string_view name, Parameters& member, std::string_view) {
    const YamlEntry* entry = find(name);
    if (entry != nullptr) read(*entry->value, map_.path_of(name), member);
  }

  template <class Parameters>
  void list(std::string_view name, std::vector<Parameters>& member, std::string_view) {
    const YamlEntry* entry = find(name);
    if (entry == nullptr) return;
    const YamlNode& node = *entry->value;
    if (node.kind != YamlNode::Kind::list) {
      map_.report().add(node.mark, map_.path_of(name), shown(node), "a list of maps");
      return;
    }
    member.assign(node.items.size(), {});
    for (std::size_t i = 0; i < member.size(); ++i) {
      read(*node.items[i], map_.path_of(name) + "[" + std::to_string(i) + "]", member[i]);
    }
  }

  // After a wrong choice nobody knows which of the keys apply: they are then left alone, so that one mistake
  // gives one message.
  template <class Keys>
  void when(bool holds, std::string_view condition, Keys&& keys) {
    const std::optional<std::string> outer = excluded_by_;
    if (!choices_are_known_) {
      excluded_by_ = "";
    } else if (!excluded_by_ && !holds) {
      excluded_by_ = condition;
    }
    keys();
    excluded_by_ = outer;
  }

  // To be called once every key has been asked for.
  void finish() const { map_.finish(); }

 private:
  template <class Parameters>
  void read(const YamlNode& node, std::string path, Parameters& member) {
    YamlReader reader(node, std::move(path), map_.report());
    member.describe(reader);
    reader.finish();
  }

  const YamlEntry* find(std::string_view name) {
    if (!excluded_by_) return map_.take(name);
    map_.exclude(name, *excluded_by_);
    return nullptr;
  }

  YamlMap map_;
  bool choices_are_known_ = true;
  std::optional<std::string> excluded_by_;  // the condition that keeps the keys asked for from existing
};

// Reads the whole document.
template <class Parameters>
void read_parameters(const YamlDocument& document, Parameters& parameters, YamlReport& report) {
  YamlReader reader(*document.root, "", report);
  parameters.describe(reader);
  reader.finish();
}

}  // namespace lnsim
