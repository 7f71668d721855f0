#include "sim/run/trace/manifest_lines.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "sim/base/errors.h"

namespace lnsim {

ManifestLines::ManifestLines(const std::filesystem::path& path)
    : name_(path.string()), buffer_(kLongestManifestLine + 1) {
  std::error_code ignored;
  if (std::filesystem::is_other(std::filesystem::status(path, ignored)))
    fail(0, "a device, pipe or socket", "a file");  // which cannot be read twice
  errno = 0;
  file_.open(path, std::ios::binary);
  if (!file_) fail(0, std::strerror(errno), "a trace that can be read");
}

bool ManifestLines::next() {
  while (read_line()) {
    if (text_.find_first_not_of(" \t") != std::string_view::npos) return true;
  }
  return false;
}

void ManifestLines::rewind() {
  file_.clear();
  file_.seekg(0);
  number_ = 0;
}

bool ManifestLines::read_line() {
  errno = 0;
  file_.getline(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  if (file_.bad()) fail(0, std::strerror(errno), "a trace that can be read");
  auto length = static_cast<std::size_t>(file_.gcount());
  if (file_.fail() && length == 0) return false;
  ++number_;
  if (file_.fail())
    fail(number_, fmt::format("a line of more than {} bytes", length), "one JSON object per line");
  if (!file_.eof()) --length;  // the line end
  text_ = {buffer_.data(), length};
  if (text_.ends_with('\r')) text_.remove_suffix(1);
  return true;
}

void ManifestLines::fail(int line, std::string got, std::string expected) const {
  throw UserError(Diagnostic{{name_, line}, "", std::move(got), std::move(expected)});
}

}  // namespace lnsim
