#include "sim/run/report/output_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <system_error>

#include "sim/base/errors.h"

namespace lnsim {

void write_file(const std::filesystem::path& path, std::string_view content) {
  // Beside the target, so that the rename stays on one file system; the process id keeps two runs apart.
  std::filesystem::path temporary = path;
  temporary += "." + std::to_string(::getpid()) + ".part";
  errno = 0;
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  std::error_code error(errno, std::generic_category());
  if (file) {
    error.clear();
    std::filesystem::rename(temporary, path, error);
    if (!error) return;
  }
  std::error_code ignored;
  std::filesystem::remove(temporary, ignored);
  throw UserError(Diagnostic{
      {path.string()}, "", error ? error.message() : "a write error", "a file that can be written"});
}

}  // namespace lnsim
