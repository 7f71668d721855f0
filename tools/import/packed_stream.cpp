#include "tools/import/packed_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "sim/base/errors.h"

namespace lnsim {

PackedStream::PackedStream(const std::filesystem::path& path, std::size_t largest_bytes)
    : path_(path), file_(path), largest_bytes_(largest_bytes) {}

int PackedStream::Read(void* buffer, int size) {
  const std::string chunk = file_.read(static_cast<std::size_t>(size));
  count(chunk.size());
  std::memcpy(buffer, chunk.data(), chunk.size());
  return static_cast<int>(chunk.size());
}

void PackedStream::pass_over(std::uint64_t bytes) {
  count(bytes);
  file_.skip(bytes);
}

void PackedStream::count(std::uint64_t bytes) {
  read_ += std::min(bytes, largest_bytes_ + 1);
  if (read_ <= largest_bytes_) return;
  throw UserError(Diagnostic{
      {path_.string()}, "", "a file that unpacks to more", fmt::format("at most {} bytes", largest_bytes_)});
}

}  // namespace lnsim
