// Checks that a JSON document has the values that its reader will ask for.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/errors.h"

namespace lnsim {

enum class JsonKind : std::uint8_t { number, text, boolean, list, filled_list, map };

// One value, or one in every part of the document: `layers/[]/energy_pj_by_component/*` is every component's
// energy of every layer. What stands beside such a path is not looked at. Where a part on the way is not
// there, the rule has nothing to say: that is told by the part's own rule.
struct JsonRule {
  std::string path;  // keys parted by "/"; [] is every item of a list, * every value of a map
  JsonKind kind = JsonKind::number;
  bool is_optional = false;  // may be null or absent
};

// Mistakes in the order of the rules, at most twenty.
std::vector<Diagnostic> broken_rules(const nlohmann::ordered_json& document,
                                     const std::vector<JsonRule>& rules, const std::string& file);

}  // namespace lnsim
