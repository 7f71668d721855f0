// Reads a file that may be packed with gzip.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace lnsim {

// What must be held at once, an operator of a file or a text in it, has at most as many bytes (our choice:
// operators with thousands of tensors have less than a tenth of it).
inline constexpr std::size_t kLargestPart = std::size_t{1} << 24;

// A file's bytes from its beginning, unpacked if it is a gzip file.
class PackedFile {
 public:
  // Throws UserError when the file cannot be opened.
  explicit PackedFile(const std::filesystem::path& path);
  ~PackedFile();

  // Reads up to `bytes` more bytes (at most 2^30), fewer only at the end. Throws UserError when the file is
  // damaged or cut short.
  std::string read(std::size_t bytes);

  // Passes over the next bytes; those of a plain file are not looked at. Throws UserError when there are not
  // as many.
  void skip(std::uint64_t bytes);

 private:
  struct Stream;
  std::string path_;
  std::unique_ptr<Stream> stream_;
};

// All bytes. Throws UserError also when the file is empty or holds more than `largest_bytes` when unpacked.
std::string read_packed_file(const std::filesystem::path& path, std::size_t largest_bytes);

// The first `bytes` bytes, fewer if there are no more. Throws UserError also when the file is empty.
std::string beginning_of_packed_file(const std::filesystem::path& path, std::size_t bytes);

// Of files that are read twice. The first throws UserError for a pipe or a device; the second throws it for
// a file that is not what it was when it was read first.
void refuse_pipe(const std::filesystem::path& path);
[[noreturn]] void refuse_changed_file(const std::filesystem::path& path);

}  // namespace lnsim
