#include "tools/import/pytorch_file.h"

#include <fmt/format.h>

#include <istream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/errors.h"
#include "sim/run/trace/trace_line.h"
#include "tools/import/packed_text.h"
#include "tools/import/pytorch_node_reader.h"

namespace lnsim::pytorch {

namespace {

using Json = nlohmann::json;
using Event = Json::parse_event_t;

// Takes the nodes out of the document while it is parsed.
class FileReader {
 public:
  explicit FileReader(std::string file) : file_(std::move(file)) {}

  Nodes read(PackedText& text) {
    std::istream stream(&text);
    const Json document = parse(stream, text);
    if (!document.is_object()) fail("", quoted(document), kWhole);
    if (!reader_) fail("schema", of(document, "schema"), known_schemas());
    if (count_ == 0) fail("nodes", of(document, "nodes"), "a list of nodes");
    return reader_->finish();
  }

 private:
  static constexpr const char* kWhole = "a PyTorch execution trace, an object with `schema` and `nodes`";

  [[noreturn]] void fail(std::string path, std::string got, std::string expected) const {
    throw UserError(Diagnostic{{file_}, std::move(path), std::move(got), std::move(expected)});
  }
  static std::string of(const Json& document, const char* key) {
    return document.contains(key) ? quoted(document[key]) : "nothing";
  }

  Json parse(std::istream& stream, const PackedText& text) {
    try {
      return Json::parse(stream,
                         [this](int depth, Event event, Json& value) { return keep(depth, event, value); });
    } catch (const Json::parse_error& error) {
      const std::uint64_t byte = error.byte == 0 ? 0 : error.byte - 1;
      throw UserError(Diagnostic{
          text.position_of(byte), "",
          byte >= text.bytes_read() ? "the end of the file inside a value" : "text that is not JSON",
          "a PyTorch execution trace"});
    } catch (const Json::out_of_range&) {
      fail("", "a number beyond all reals", "a PyTorch execution trace");
    }
  }

  // Whether what the parser has come to stays in the document.
  bool keep(int depth, Event event, Json& value) {
    const bool starts = event == Event::object_start || event == Event::array_start;
    if (depth == 0 && event == Event::array_start) fail("", "a list", kWhole);
    if (depth == 1 && event == Event::key) {
      key_ = value.get<std::string>();
      return key_ == "schema" || key_ == "nodes";
    }
    if (depth == 1 && key_ == "nodes" && event == Event::object_start)
      fail("nodes", "an object", "a list of nodes");
    if (depth == 1 && key_ == "schema" && starts) fail("schema", "a list or an object", known_schemas());
    if (depth == 1 && key_ == "schema" && value.is_string()) start(value.get<std::string>());
    const bool is_node = depth == 2 && key_ == "nodes" && event != Event::key && !starts;
    if (is_node) add(std::move(value));
    return !is_node;
  }

  void start(const std::string& schema) {
    if (reader_) return;
    reader_.emplace(file_, schema);
    for (Json& node : std::exchange(waiting_, {})) add(std::move(node));
  }

  void add(Json node) {
    if (reader_) return reader_->add(std::move(node), fmt::format("nodes[{}]", count_++));
    waiting_.push_back(std::move(node));
  }

  std::string file_;
  std::string key_;  // of the document, whose value is parsed
  std::optional<NodeReader> reader_;
  std::vector<Json> waiting_;  // nodes in front of the schema
  std::size_t count_ = 0;      // of nodes
};

}  // namespace

Nodes read_nodes(const std::filesystem::path& path, std::size_t largest_bytes) {
  PackedText text(path, largest_bytes);
  return FileReader(path.string()).read(text);
}

}  // namespace lnsim::pytorch
