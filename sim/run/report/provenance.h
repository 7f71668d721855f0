// Where a report comes from.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lnsim {

std::string version();  // of the program, for example 0.1.0
std::string commit();   // of its source, or `unknown`

// SHA-256 in hexadecimal.
std::string text_hash(std::string_view text);
// SHA-256 of a file's bytes, in hexadecimal. Throws UserError when it cannot be read.
std::string file_hash(const std::filesystem::path& path);

// `file` and `sha256`.
nlohmann::ordered_json input_json(const std::filesystem::path& path);

// `program`, `version`, `commit`, and every input by its key.
nlohmann::ordered_json provenance_json(
    const std::vector<std::pair<std::string_view, std::filesystem::path>>& inputs);

}  // namespace lnsim
