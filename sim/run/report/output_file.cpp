#include "sim/run/report/output_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <system_error>

#include "sim/base/errors.h"

namespace lnsim {

namespace {

// Beside the target, so that the rename stays on one file system; the process id keeps two runs apart.
std::filesystem::path temporary_for(const std::filesystem::path& path) {
  std::filesystem::path temporary = path;
  temporary += "." + std::to_string(::getpid()) + ".part";
  return temporary;
}

[[noreturn]] void fail(const std::filesystem::path& path, const std::error_code& error) {
  std::error_code ignored;
  std::filesystem::remove(temporary_for(path), ignored);
  throw UserError(Diagnostic{
      {path.string()}, "", error ? error.message() : "a write error", "a file that can be written"});
}

// Leaves the content under the temporary name.
void write_temporary(const std::filesystem::path& path, std::string_view content) {
  errno = 0;
  std::ofstream file(temporary_for(path), std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file) fail(path, std::error_code(errno, std::generic_category()));
}

}  // namespace

void write_file(const std::filesystem::path& path, std::string_view content) {
  write_temporary(path, content);
  std::error_code error;
  std::filesystem::rename(temporary_for(path), path, error);
  if (error) fail(path, error);
}

void check_can_write(const std::filesystem::path& path) {
  if (std::filesystem::is_directory(path)) fail(path, std::make_error_code(std::errc::is_a_directory));
  write_temporary(path, "");
  std::filesystem::remove(temporary_for(path));
}

}  // namespace lnsim
