// What a struct of parameters says about itself (sim/base/describe.h) as plain data, for the manual and the
// JSON Schema. Keys of all conditions are there, whatever holds at the moment.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/describe.h"

namespace lnsim {

enum class ParameterType : std::uint8_t { integer, real, boolean, text, choice, section, list };

struct ParameterEntry {
  ParameterType type = ParameterType::section;
  std::string name;
  std::string doc;
  std::string unit;
  std::string condition;         // for example `kind: lns`; empty when the key always exists
  nlohmann::json default_value;  // null for sections
  IntegerRange integer_range{0, 0};
  RealRange real_range{0.0, 0.0};
  ChoiceNames choices;
  std::vector<ParameterEntry> children;  // of a section, or of one item of a list
};

class ParameterLister {
 public:
  template <std::integral T>
  void integer(std::string_view name, T& member, const IntegerRange& range, std::string_view unit,
               std::string_view doc) {
    ParameterEntry& entry = add(ParameterType::integer, name, doc);
    entry.unit = unit;
    entry.integer_range = range;
    entry.default_value = member;
  }

  void real(std::string_view name, double& member, const RealRange& range, std::string_view unit,
            std::string_view doc) {
    ParameterEntry& entry = add(ParameterType::real, name, doc);
    entry.unit = unit;
    entry.real_range = range;
    entry.default_value = member;
  }

  void boolean(std::string_view name, bool& member, std::string_view doc) {
    add(ParameterType::boolean, name, doc).default_value = member;
  }

  void text(std::string_view name, std::string& member, std::string_view doc) {
    add(ParameterType::text, name, doc).default_value = member;
  }

  template <class Enum>
  void choice(std::string_view name, Enum& member, ChoiceNames names, std::string_view doc) {
    ParameterEntry& entry = add(ParameterType::choice, name, doc);
    entry.choices = names;
    entry.default_value = std::string(names[static_cast<std::size_t>(member)]);
  }

  template <class Parameters>
  void section(std::string_view name, Parameters& member, std::string_view doc) {
    add(ParameterType::section, name, doc).children = listed(member);
  }

  template <class Parameters>
  void list(std::string_view name, std::vector<Parameters>&, std::string_view doc) {
    Parameters item;
    ParameterEntry& entry = add(ParameterType::list, name, doc);
    entry.default_value = nlohmann::json::array();
    entry.children = listed(item);
  }

  template <class Keys>
  void when(bool, std::string_view condition, Keys&& keys) {
    const std::string outer = condition_;
    condition_ = outer.empty() ? std::string(condition) : outer + " and " + std::string(condition);
    keys();
    condition_ = outer;
  }

  template <class Parameters>
  static std::vector<ParameterEntry> listed(Parameters& parameters) {
    ParameterLister lister;
    parameters.describe(lister);
    return std::move(lister.entries_);
  }

 private:
  ParameterEntry& add(ParameterType type, std::string_view name, std::string_view doc) {
    ParameterEntry& entry = entries_.emplace_back();
    entry.type = type;
    entry.name = name;
    entry.doc = doc;
    entry.condition = condition_;
    return entry;
  }

  std::vector<ParameterEntry> entries_;
  std::string condition_;
};

}  // namespace lnsim
