// Where a report comes from.
#pragma once

#include <filesystem>
#include <string>

namespace lnsim {

std::string version();  // of the program, for example 0.1.0
std::string commit();   // of its source, or `unknown`

// SHA-256 of a file's bytes, in hexadecimal. Throws UserError when it cannot be read.
std::string file_hash(const std::filesystem::path& path);

}  // namespace lnsim
