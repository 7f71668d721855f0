#include "tools/import/chakra_messages.h"

#include <fmt/format.h>

#include <utility>

#include "sim/base/errors.h"

namespace lnsim::chakra {

MessageReader::MessageReader(const std::filesystem::path& path, std::size_t largest_bytes)
    : file_(path.string()), packed_(path, largest_bytes), stream_(&packed_) {}

bool MessageReader::read(google::protobuf::MessageLite& message) {
  return next([&](Bytes& bytes, int length) {
    const auto around = bytes.PushLimit(length);
    const bool whole =
        message.ParseFromCodedStream(&bytes) && bytes.ConsumedEntireMessage() && bytes.BytesUntilLimit() == 0;
    bytes.PopLimit(around);
    return whole;
  });
}

bool MessageReader::pass_over() {
  return next([](Bytes& bytes, int length) { return bytes.Skip(length); });
}

bool MessageReader::next(const std::function<bool(Bytes& bytes, int length)>& take) {
  constexpr const char* kNoMessage = "bytes that are no message of a Chakra trace";
  Bytes bytes(&stream_);
  std::uint32_t length = 0;
  if (!bytes.ReadVarint32(&length)) {
    if (bytes.CurrentPosition() == 0) return false;
    fail(kNoMessage, "a whole one");
  }
  if (length > kLargestPart)
    fail(fmt::format("a message of {} bytes", length), fmt::format("at most {} bytes", kLargestPart));
  if (!take(bytes, static_cast<int>(length))) fail(kNoMessage, "a whole one");
  ++count_;
  return true;
}

void MessageReader::fail(std::string got, std::string expected) const {
  throw UserError(
      Diagnostic{{file_}, fmt::format("message {}", count_), std::move(got), std::move(expected)});
}

}  // namespace lnsim::chakra
