#include "tools/import/chakra_operators.h"

#include <chakra_trace.pb.h>
#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "sim/base/errors.h"
#include "tools/import/packed_stream.h"
#include "tools/import/python_literal.h"

namespace lnsim::chakra {

namespace {

constexpr int kComputeNode = 4;
constexpr int kCollectiveNode = 7;
constexpr std::int64_t kLargestNumber = std::int64_t{1} << 62;
constexpr std::size_t kLongestName = 200;

const wire::Attribute* find(const wire::Node& node, const char* name) {
  const auto found = std::find_if(node.attributes().begin(), node.attributes().end(),
                                  [&](const wire::Attribute& entry) { return entry.name() == name; });
  return found == node.attributes().end() ? nullptr : &*found;
}

// Whatever integer type the writer chose.
std::optional<std::int64_t> integer(const wire::Node& node, const char* name) {
  const wire::Attribute* found = find(node, name);
  if (found == nullptr) return std::nullopt;
  if (found->has_int64()) return found->int64();
  if (found->has_int32()) return found->int32();
  if (found->has_uint32()) return found->uint32();
  if (found->has_uint64() && found->uint64() <= static_cast<std::uint64_t>(kLargestNumber))
    return static_cast<std::int64_t>(found->uint64());
  return std::nullopt;
}

// `name(2)` is the operator with its third kernel.
std::pair<std::string, bool> name_and_whether_first(const std::string& written) {
  std::string name = written.substr(0, kLongestName);
  for (char& letter : name) {
    if (letter < ' ' || letter > '~') letter = '?';
  }
  const std::size_t open = name.rfind('(');
  const bool counted = open != std::string::npos && open > 0 && name.ends_with(')') &&
                       open + 2 < name.size() &&
                       name.find_first_not_of("0123456789", open + 1) == name.size() - 1;
  if (!counted) return {std::move(name), true};
  const bool first = name.substr(open) == "(0)";
  name.resize(open);
  return {std::move(name), first};
}

class Reader {
 public:
  Reader(const std::filesystem::path& path, std::size_t largest_bytes)
      : file_(path.string()), packed_(path, largest_bytes), stream_(&packed_) {}

  std::vector<Operator> read() {
    wire::Metadata metadata;
    if (!next(metadata)) fail("", "an empty file", "a Chakra execution trace");
    wire::Node node;
    while (next(node)) add(node);
    if (operators_.empty()) fail("", "no operator of PyTorch", "compute nodes with arguments");
    std::stable_sort(operators_.begin(), operators_.end(),
                     [](const Operator& a, const Operator& b) { return a.order < b.order; });
    return std::move(operators_);
  }

 private:
  [[noreturn]] void fail(std::string place, std::string got, std::string expected) const {
    throw UserError(Diagnostic{{file_}, std::move(place), std::move(got), std::move(expected)});
  }

  // False at the end of the file.
  template <class Message>
  bool next(Message& message) {
    google::protobuf::io::CodedInputStream bytes(&stream_);
    std::uint32_t length = 0;
    if (!bytes.ReadVarint32(&length)) {
      if (bytes.CurrentPosition() == 0) return false;
      fail_at_message("bytes that are no message of a Chakra trace", "a whole one");
    }
    if (length > kLargestPart) {
      fail_at_message(fmt::format("a message of {} bytes", length),
                      fmt::format("at most {} bytes", kLargestPart));
    }
    const auto around = bytes.PushLimit(static_cast<int>(length));
    const bool whole =
        message.ParseFromCodedStream(&bytes) && bytes.ConsumedEntireMessage() && bytes.BytesUntilLimit() == 0;
    if (!whole) fail_at_message("bytes that are no message of a Chakra trace", "a whole one");
    bytes.PopLimit(around);
    ++messages_;
    return true;
  }

  [[noreturn]] void fail_at_message(std::string got, std::string expected) const {
    fail(fmt::format("message {}", messages_), std::move(got), std::move(expected));
  }

  void add(const wire::Node& node) {
    if (node.type() != kComputeNode && node.type() != kCollectiveNode) return;
    const wire::Attribute* of_host = find(node, "is_cpu_op");
    auto [name, first] = name_and_whether_first(node.name());
    const bool is_operator = of_host == nullptr ? name.find("::") != std::string::npos : of_host->boolean();
    const auto call = integer(node, "rf_id");
    if (!is_operator || !first || (call && !calls_.insert(*call).second)) return;
    Operator added;
    added.id = node.id();
    added.name = std::move(name);
    added.order = call.value_or(
        static_cast<std::int64_t>(node.id() & (std::numeric_limits<std::uint64_t>::max() >> 1U)));
    added.sequence = std::clamp<std::int64_t>(integer(node, "seq_id").value_or(-1), -1, kLargestNumber);
    added.thread = integer(node, "tid").value_or(0);
    if (node.control_dependencies_size() > 0) added.parent = node.control_dependencies(0);
    added.inputs = arguments(node.inputs(), added, "inputs");
    added.outputs = arguments(node.outputs(), added, "outputs");
    operators_.push_back(std::move(added));
  }

  Arguments arguments(const wire::Arguments& written, const Operator& of, const char* side) const {
    Arguments read;
    const auto parse = [&](const char* part, const std::string& text, nlohmann::json& into) {
      if (text.empty()) return;
      auto list = parse_python_literal(text);
      if (!list || !list->is_array()) {
        fail(fmt::format("node {} ({}).{}.{}", of.id, of.name, side, part), "text that is no list of Python",
             "a list with an entry per argument");
      }
      into = std::move(*list);
    };
    parse("values", written.values(), read.values);
    parse("shapes", written.shapes(), read.shapes);
    parse("types", written.types(), read.types);
    return read;
  }

  std::string file_;
  PackedStream packed_;
  google::protobuf::io::CopyingInputStreamAdaptor stream_;
  std::size_t messages_ = 0;
  std::set<std::int64_t> calls_;
  std::vector<Operator> operators_;
};

}  // namespace

std::vector<Operator> read_operators(const std::filesystem::path& path, std::size_t largest_bytes) {
  return Reader(path, largest_bytes).read();
}

}  // namespace lnsim::chakra
