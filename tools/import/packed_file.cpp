#include "tools/import/packed_file.h"

#include <fmt/format.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "sim/base/errors.h"

namespace lnsim {

namespace {

constexpr std::size_t kChunkBytes = 1U << 18;

}  // namespace

std::string read_packed_file(const std::filesystem::path& path, std::size_t largest_bytes) {
  const auto fail = [&](std::string got, std::string expected) {
    throw UserError(Diagnostic{{path.string()}, "", std::move(got), std::move(expected)});
  };
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) fail("a folder", "a file");
  errno = 0;
  // zlib reads a file without the gzip signature as it stands.
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (file == nullptr) fail(std::strerror(errno), "a file that can be read");
  std::string text;
  std::vector<char> chunk(kChunkBytes);
  while (true) {
    const int got = gzread(file.get(), chunk.data(), static_cast<unsigned>(chunk.size()));
    if (got <= 0) break;
    if (text.size() + static_cast<std::size_t>(got) > largest_bytes) {
      fail("a file that unpacks to more", fmt::format("at most {} bytes", largest_bytes));
    }
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
  int code = Z_OK;
  gzerror(file.get(), &code);
  if (code == Z_BUF_ERROR) fail("a gzip file cut short", "a whole one");
  if (code != Z_OK) fail("damaged gzip data", "a gzip file that unpacks");
  if (text.empty()) fail("an empty file", "a trace");
  return text;
}

}  // namespace lnsim
