#include "tools/import/onnx_lean.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

#include "sim/base/errors.h"
#include "tools/import/packed_stream.h"

namespace lnsim::onnx {

namespace {

// Protobuf's own bound: https://protobuf.dev/programming-guides/encoding
constexpr int kDeepestMessage = 100;
constexpr std::size_t kChunkBytes = std::size_t{1} << 18;
// What a field counts for beside its bytes: protobuf makes an object of an empty one too (our choice).
constexpr std::size_t kFieldBytes = 16;

// The messages of onnx.proto on the way to a tensor; all others are taken as they are.
enum class Message : std::uint8_t { other, model, training, graph, node, attribute, sparse_tensor, tensor };

struct Inside {
  Message message;
  std::uint64_t field;
  Message type;
};

constexpr auto kInside = std::to_array<Inside>({
    {Message::model, 7, Message::graph},           // graph
    {Message::model, 20, Message::training},       // training_info
    {Message::training, 1, Message::graph},        // initialization
    {Message::training, 2, Message::graph},        // algorithm
    {Message::graph, 1, Message::node},            // node
    {Message::graph, 5, Message::tensor},          // initializer
    {Message::graph, 15, Message::sparse_tensor},  // sparse_initializer
    {Message::node, 5, Message::attribute},        // attribute
    {Message::attribute, 5, Message::tensor},      // t
    {Message::attribute, 6, Message::graph},       // g
    {Message::sparse_tensor, 1, Message::tensor},  // values
    {Message::sparse_tensor, 2, Message::tensor},  // indices
});

Message type_inside(Message message, std::uint64_t field) {
  const auto found = std::find_if(kInside.begin(), kInside.end(), [&](const Inside& row) {
    return row.message == message && row.field == field;
  });
  return found == kInside.end() ? Message::other : found->type;
}

// float_data, int32_data, string_data, int64_data, raw_data, double_data, uint64_data.
bool is_data(std::uint64_t field) {
  return (field >= 4 && field <= 7) || (field >= 9 && field <= 11);
}

// data_location: EXTERNAL.
constexpr std::string_view kStoredElsewhere = "\x70\x01";

// How a value is written, from its tag.
enum class Wire : std::uint8_t { varint = 0, eight_bytes = 1, counted = 2, four_bytes = 5 };

void put_number(std::string& to, std::uint64_t number) {
  for (; number > 0x7f; number >>= 7U) to += static_cast<char>((number & 0x7fU) | 0x80U);
  to += static_cast<char>(number);
}

class LeanReader {
 public:
  LeanReader(const std::filesystem::path& path, std::size_t largest_bytes)
      : path_(path), file_(path, largest_bytes), chunk_(kChunkBytes, '\0') {}

  std::string read() {
    std::string model;
    while (!at_end()) copy_field(Message::model, std::numeric_limits<std::uint64_t>::max(), 0, model);
    return model;
  }

 private:
  // The message up to byte `end` of the file.
  std::string message(Message type, std::uint64_t end, int depth) {
    if (depth > kDeepestMessage) refuse_bytes(path_);
    std::string lean;
    std::uint64_t left_out = 0;
    while (position() < end) left_out += copy_field(type, end, depth, lean);
    if (position() > end) refuse_bytes(path_);
    if (left_out > 0) lean += kStoredElsewhere;
    return lean;
  }

  // Returns how many bytes of data it did not take over.
  std::uint64_t copy_field(Message type, std::uint64_t end, int depth, std::string& lean) {
    const std::uint64_t tag = number();
    const std::uint64_t field = tag >> 3U;
    const bool data = type == Message::tensor && is_data(field);
    const std::size_t taken = lean.size();
    take(kFieldBytes);
    put_number(lean, tag);
    switch (static_cast<Wire>(tag & 7U)) {
      case Wire::varint:
        put_number(lean, number());
        break;
      case Wire::eight_bytes:
        copy(8, lean);
        break;
      case Wire::four_bytes:
        copy(4, lean);
        break;
      case Wire::counted: {
        const std::uint64_t count = number();
        if (count > end - std::min(end, position())) refuse_bytes(path_);
        const Message inner = type_inside(type, field);
        if (inner != Message::other) {
          const std::string part = message(inner, position() + count, depth + 1);
          put_number(lean, part.size());
          lean += part;
        } else if (data && taken + count > kMostTensorBytes) {
          lean.resize(taken);
          skip(count);
          return count;
        } else {
          put_number(lean, count);
          copy(count, lean);
        }
        break;
      }
      default:
        refuse_bytes(path_);
    }
    // Elements with a tag each.
    if (!data || lean.size() <= kMostTensorBytes) return 0;
    const std::size_t bytes = lean.size() - taken;
    lean.resize(taken);
    return bytes;
  }

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at_end()) refuse_bytes(path_);
      const auto byte = static_cast<unsigned char>(chunk_[at_++]);
      value |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return value;
    }
    refuse_bytes(path_);
  }

  void copy(std::uint64_t bytes, std::string& to) {
    take(bytes);
    while (bytes > 0) {
      if (at_end()) refuse_bytes(path_);
      const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, filled_ - at_));
      to.append(chunk_, at_, piece);
      at_ += piece;
      bytes -= piece;
    }
  }

  void take(std::uint64_t bytes) {
    if (bytes > kMostLeanBytes - taken_) {
      throw UserError(Diagnostic{{path_.string()},
                                 "",
                                 "a model of more bytes beside the data of its tensors",
                                 fmt::format("at most {} bytes", kMostLeanBytes)});
    }
    taken_ += bytes;
  }

  void skip(std::uint64_t bytes) {
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, filled_ - at_));
    at_ += piece;
    file_.pass_over(bytes - piece);
    before_ += bytes - piece;
  }

  bool at_end() {
    if (at_ < filled_) return false;
    before_ += filled_;
    filled_ = static_cast<std::size_t>(file_.Read(chunk_.data(), static_cast<int>(chunk_.size())));
    at_ = 0;
    return filled_ == 0;
  }
  // In the unpacked file.
  std::uint64_t position() const { return before_ + at_; }

  std::filesystem::path path_;
  PackedStream file_;
  std::string chunk_;         // of the file
  std::size_t at_ = 0;        // in the chunk
  std::size_t filled_ = 0;    // bytes of the chunk that are the file's
  std::uint64_t before_ = 0;  // bytes of the file in front of the chunk
  std::uint64_t taken_ = 0;   // of kMostLeanBytes
};

}  // namespace

std::string read_lean_model(const std::filesystem::path& path, std::size_t largest_bytes) {
  return LeanReader(path, largest_bytes).read();
}

void refuse_bytes(const std::filesystem::path& path) {
  throw UserError(Diagnostic{{path.string()}, "", "bytes that are no ONNX model", "a whole one"});
}

}  // namespace lnsim::onnx
