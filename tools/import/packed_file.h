// Reads a file that may be packed with gzip.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace lnsim {

// The file's bytes, unpacked if it is a gzip file. Throws UserError when it cannot be read, is empty, damaged
// or cut short, or holds more than `largest_bytes` when unpacked.
std::string read_packed_file(const std::filesystem::path& path, std::size_t largest_bytes);

}  // namespace lnsim
