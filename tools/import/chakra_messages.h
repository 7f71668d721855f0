// The messages of a Chakra execution trace, one after the other.
#pragma once

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/message_lite.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "tools/import/packed_stream.h"

namespace lnsim::chakra {

// Throws UserError naming the message for bytes that are none and for one of more than kLargestPart bytes,
// and when the file unpacks to more than `largest_bytes`.
class MessageReader {
 public:
  MessageReader(const std::filesystem::path& path, std::size_t largest_bytes);

  // False at the end of the file.
  bool read(google::protobuf::MessageLite& message);
  bool pass_over();

  std::uint64_t count() const { return count_; }  // of those behind

 private:
  using Bytes = google::protobuf::io::CodedInputStream;
  bool next(const std::function<bool(Bytes& bytes, int length)>& take);
  [[noreturn]] void fail(std::string got, std::string expected) const;

  std::string file_;
  PackedStream packed_;
  google::protobuf::io::CopyingInputStreamAdaptor stream_;
  std::uint64_t count_ = 0;
};

}  // namespace lnsim::chakra
