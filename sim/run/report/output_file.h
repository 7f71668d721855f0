// Writes a file so that it appears under its name only when it is complete.
#pragma once

#include <filesystem>
#include <string_view>

namespace lnsim {

// Throws UserError when the folder or the disk does not take it; what stood under the name before is then
// still there.
void write_file(const std::filesystem::path& path, std::string_view content);

// Throws what write_file would throw for a folder that takes no files, before work is put into the content.
void check_can_write(const std::filesystem::path& path);

}  // namespace lnsim
