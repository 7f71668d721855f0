// A file that may be packed with gzip, as protobuf reads it: in pieces.
#pragma once

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "tools/import/packed_file.h"

namespace lnsim {

class PackedStream : public google::protobuf::io::CopyingInputStream {
 public:
  // Throws UserError when the file cannot be opened.
  PackedStream(const std::filesystem::path& path, std::size_t largest_bytes);

  // Throws UserError when the file is damaged, or unpacks to more than `largest_bytes`.
  int Read(void* buffer, int size) override;
  // Passes over the next bytes. Throws UserError also when there are not as many.
  void pass_over(std::uint64_t bytes);

 private:
  void count(std::uint64_t bytes);

  std::filesystem::path path_;
  PackedFile file_;
  std::uint64_t largest_bytes_;
  std::uint64_t read_ = 0;
};

}  // namespace lnsim
