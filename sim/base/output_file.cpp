#include "sim/base/output_file.h"

#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "sim/base/errors.h"

namespace lnsim {

namespace {

// Beside the target, so that the rename stays on one file system; the process id keeps two runs apart.
std::filesystem::path temporary_for(const std::filesystem::path& path) {
  std::filesystem::path temporary = path;
  temporary += "." + std::to_string(::getpid()) + ".part";
  return temporary;
}

}  // namespace

OutputFile::OutputFile(std::filesystem::path path)
    : path_(std::move(path)), temporary_(temporary_for(path_)) {
  if (std::filesystem::is_directory(path_)) fail(std::make_error_code(std::errc::is_a_directory));
  errno = 0;
  file_.open(temporary_, std::ios::binary | std::ios::trunc);
  if (!file_) fail(std::error_code(errno, std::generic_category()));
}

OutputFile::~OutputFile() {
  std::error_code ignored;
  std::filesystem::remove(temporary_, ignored);
}

void OutputFile::commit() {
  errno = 0;
  file_.close();
  if (!file_) fail(std::error_code(errno, std::generic_category()));
  std::error_code error;
  std::filesystem::rename(temporary_, path_, error);
  if (error) fail(error);
}

void OutputFile::fail(const std::error_code& error) {
  throw UserError(Diagnostic{
      {path_.string()}, "", error ? error.message() : "a write error", "a file that can be written"});
}

void write_file(const std::filesystem::path& path, std::string_view content) {
  OutputFile file(path);
  file.stream().write(content.data(), static_cast<std::streamsize>(content.size()));
  file.commit();
}

void check_can_write(const std::filesystem::path& path) {
  const OutputFile file(path);
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    throw UserError(Diagnostic{{folder.string()}, "", error.message(), "a folder that can be created"});
}

}  // namespace lnsim
