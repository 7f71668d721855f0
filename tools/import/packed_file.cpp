#include "tools/import/packed_file.h"

#include <fmt/format.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>

#include "sim/base/errors.h"

namespace lnsim {

namespace {

constexpr std::size_t kChunkBytes = 1U << 18;
constexpr std::uint64_t kFarthest = std::uint64_t{1} << 62;

[[noreturn]] void fail(const std::string& path, std::string got, std::string expected) {
  throw UserError(Diagnostic{{path}, "", std::move(got), std::move(expected)});
}

}  // namespace

struct PackedFile::Stream {
  explicit Stream(gzFile opened) : file(opened, gzclose) {}
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file;
};

PackedFile::PackedFile(const std::filesystem::path& path) : path_(path.string()) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) fail(path_, "a folder", "a file");
  errno = 0;
  // zlib reads a file without the gzip signature as it stands.
  const gzFile opened = gzopen(path_.c_str(), "rb");
  if (opened == nullptr) fail(path_, std::strerror(errno), "a file that can be read");
  stream_ = std::make_unique<Stream>(opened);
}

PackedFile::~PackedFile() = default;

std::string PackedFile::read(std::size_t bytes) {
  std::string text(bytes, '\0');
  const int got = gzread(stream_->file.get(), text.data(), static_cast<unsigned>(bytes));
  int code = Z_OK;
  gzerror(stream_->file.get(), &code);
  if (code == Z_BUF_ERROR) fail(path_, "a gzip file cut short", "a whole one");
  if (code != Z_OK || got < 0) fail(path_, "damaged gzip data", "a gzip file that unpacks");
  text.resize(static_cast<std::size_t>(got));
  return text;
}

void PackedFile::skip(std::uint64_t bytes) {
  if (bytes == 0) return;
  // A plain file can be left behind its end: whether there is a last byte shows when it is read.
  const bool moved =
      bytes <= kFarthest && gzseek(stream_->file.get(), static_cast<z_off_t>(bytes - 1), SEEK_CUR) >= 0;
  if (!moved || read(1).empty()) fail(path_, "a file cut short", "a whole one");
}

std::string read_packed_file(const std::filesystem::path& path, std::size_t largest_bytes) {
  PackedFile file(path);
  std::string text;
  while (true) {
    const std::string chunk = file.read(kChunkBytes);
    if (chunk.empty()) break;
    if (text.size() + chunk.size() > largest_bytes) {
      fail(path.string(), "a file that unpacks to more", fmt::format("at most {} bytes", largest_bytes));
    }
    text += chunk;
  }
  if (text.empty()) fail(path.string(), "an empty file", "a trace");
  return text;
}

std::string beginning_of_packed_file(const std::filesystem::path& path, std::size_t bytes) {
  std::string text = PackedFile(path).read(bytes);
  if (text.empty()) fail(path.string(), "an empty file", "a trace");
  return text;
}

void refuse_pipe(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (std::filesystem::is_other(status))
    fail(path.string(), "a pipe or a device", "a file: it is read twice");
}

void refuse_changed_file(const std::filesystem::path& path) {
  fail(path.string(), "a file that was changed while it was read", "one that stays as it is");
}

}  // namespace lnsim
