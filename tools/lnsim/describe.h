// What `lnsim describe` prints: the manual and the JSON Schema of run configs, from the listing in the code.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace lnsim {

// `section` is a path such as `pe.buffer_a`; empty: everything. Throws UserError for a section that does not
// exist.
std::string manual(const std::string& section);
nlohmann::ordered_json manual_as_json(const std::string& section);

nlohmann::ordered_json schema();

}  // namespace lnsim
