// What a parameter or metric of a design point is: nothing, a number, or text. Booleans are 0 and 1.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <variant>

namespace lnsim {

using SweepValue = std::variant<std::monostate, double, std::string>;

// Of a JSON scalar; anything else is its text.
inline SweepValue sweep_value(const nlohmann::ordered_json& json) {
  if (json.is_null()) return {};
  if (json.is_boolean()) return json.get<bool>() ? 1.0 : 0.0;
  if (json.is_number()) return json.get<double>();
  return json.is_string() ? json.get<std::string>() : json.dump();
}

inline bool is_true(const SweepValue& value) {
  const double* number = std::get_if<double>(&value);
  return number != nullptr && *number != 0.0;
}

}  // namespace lnsim
