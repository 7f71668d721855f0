// Integers of foreign JSON.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>

namespace lnsim {

inline bool is_integer_within(const nlohmann::json& value, std::int64_t lowest, std::int64_t highest) {
  if (!value.is_number_integer()) return false;
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(highest))
    return false;
  const auto number = value.get<std::int64_t>();
  return number >= lowest && number <= highest;
}

}  // namespace lnsim
