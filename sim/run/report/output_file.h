// Writes a file so that it appears under its name only when it is complete.
#pragma once

#include <filesystem>
#include <string_view>

namespace lnsim {

// Throws UserError when the folder or the disk does not take it; what stood under the name before is then
// still there.
void write_file(const std::filesystem::path& path, std::string_view content);

}  // namespace lnsim
