// Python's notation of lists, numbers, texts, True, False and None, as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace lnsim {

// Tuples become lists, None null, and words that JSON has no value for (inf, nan) texts. Nothing when the
// text is not one such value, or is nested more than 64 deep.
std::optional<nlohmann::json> parse_python_literal(std::string_view text);

}  // namespace lnsim
