// Reads a text file that a person wrote, whole.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace lnsim {

// Throws UserError when the path is not a regular readable file, when it holds more than largest_bytes or
// nothing, and with the position of the first byte that is not UTF-8 text or is a tab in a line's
// indentation.
std::string read_text_file(const std::filesystem::path& path, std::size_t largest_bytes);

// Throws UserError with the position of the first byte of `text`, which stands in `file`, that is not UTF-8
// text or is a tab in a line's indentation.
void check_text(const std::string& file, std::string_view text);

}  // namespace lnsim
