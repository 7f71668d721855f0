// Writes a struct of parameters that describes itself (sim/base/describe.h) as JSON: every value that counts,
// defaults included, in the order of its listing; keys whose condition does not hold are left out. The reader
// takes it back.
#pragma once

#include <concepts>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/describe.h"

namespace lnsim {

class EffectiveConfigWriter {
 public:
  template <std::integral T>
  void integer(std::string_view name, T& member, const IntegerRange&, std::string_view, std::string_view) {
    json_[std::string(name)] = member;
  }
  void real(std::string_view name, double& member, const RealRange&, std::string_view, std::string_view) {
    json_[std::string(name)] = member;
  }
  void boolean(std::string_view name, bool& member, std::string_view) { json_[std::string(name)] = member; }
  void text(std::string_view name, std::string& member, std::string_view) {
    json_[std::string(name)] = member;
  }

  template <class Enum>
  void choice(std::string_view name, Enum& member, ChoiceNames names, std::string_view) {
    json_[std::string(name)] = std::string(names[static_cast<std::size_t>(member)]);
  }

  template <class Parameters>
  void section(std::string_view name, Parameters& member, std::string_view) {
    json_[std::string(name)] = written(member);
  }

  template <class Parameters>
  void list(std::string_view name, std::vector<Parameters>& member, std::string_view) {
    nlohmann::ordered_json items = nlohmann::ordered_json::array();
    for (Parameters& item : member) items.push_back(written(item));
    json_[std::string(name)] = std::move(items);
  }

  template <class Keys>
  void when(bool holds, std::string_view, Keys&& keys) {
    if (holds) keys();
  }

  template <class Parameters>
  static nlohmann::ordered_json written(Parameters& parameters) {
    EffectiveConfigWriter writer;
    parameters.describe(writer);
    return std::move(writer.json_);
  }

 private:
  nlohmann::ordered_json json_ = nlohmann::ordered_json::object();
};

}  // namespace lnsim
