#include "tools/import/pytorch_file.h"

#include <fmt/format.h>

#include <istream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

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
  enum class Wanted : std::uint8_t { outline, schema };
  FileReader(const std::filesystem::path& path, std::size_t largest_bytes, Wanted wanted)
      : path_(path),
        file_(path.string()),
        largest_bytes_(largest_bytes),
        wanted_(wanted),
        text_(path, largest_bytes) {}

  Outline outline() {
    const Json document = parse();
    if (!document.is_object()) fail("", quoted(document), kWhole);
    if (!outline_) fail("schema", of(document, "schema"), known_schemas());
    if (count_ == 0) fail("nodes", of(document, "nodes"), "a list of nodes");
    mistakes_.throw_if_any();
    outline_->link(path_, mistakes_);
    mistakes_.throw_if_any();
    return std::move(*outline_);
  }

 private:
  // Nothing when the document has none.
  std::optional<std::string> schema() {
    parse();
    return outline_ ? std::optional(outline_->schema()) : std::nullopt;
  }

  static constexpr const char* kWhole = "a PyTorch execution trace, an object with `schema` and `nodes`";

  [[noreturn]] void fail(std::string path, std::string got, std::string expected) const {
    throw UserError(Diagnostic{{file_}, std::move(path), std::move(got), std::move(expected)});
  }
  static std::string of(const Json& document, const char* key) {
    return document.contains(key) ? quoted(document[key]) : "nothing";
  }

  Json parse() {
    std::istream stream(&text_);
    try {
      return Json::parse(stream,
                         [this](int depth, Event event, Json& value) { return keep(depth, event, value); });
    } catch (const Json::parse_error& error) {
      const std::uint64_t byte = error.byte == 0 ? 0 : error.byte - 1;
      throw UserError(Diagnostic{
          text_.position_of(byte), "",
          byte >= text_.bytes_read() ? "the end of the file inside a value" : "text that is not JSON",
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
    if (depth != 2 || key_ != "nodes" || event == Event::key) return true;
    if (event == Event::object_start) begin_ = text_.position() - 1;
    if (starts) return wanted_ == Wanted::outline;
    if (wanted_ == Wanted::outline) add(std::move(value));
    return false;
  }

  void start(const std::string& schema) {
    if (reader_) return;
    reader_.emplace(file_, schema, mistakes_);
    outline_.emplace(schema);
  }

  void add(Json json) {
    const std::uint64_t number = count_++;
    if (number == 0 && !reader_) look_ahead_for_the_schema();
    if (!reader_) return;
    const auto node = reader_->read(std::move(json), fmt::format("nodes[{}]", number));
    if (node) outline_->add(*node, {begin_, text_.position()}, number);
  }

  // It may stand behind the nodes, whose layout it decides.
  void look_ahead_for_the_schema() {
    const auto schema = FileReader(path_, largest_bytes_, Wanted::schema).schema();
    if (schema) start(*schema);
  }

  std::filesystem::path path_;
  std::string file_;
  std::size_t largest_bytes_;
  Wanted wanted_;
  PackedText text_;
  std::string key_;          // of the document, whose value is parsed
  std::uint64_t begin_ = 0;  // of the node that is parsed
  Mistakes mistakes_;
  std::optional<NodeReader> reader_;
  std::optional<Outline> outline_;
  std::uint64_t count_ = 0;  // of nodes
};

}  // namespace

Outline read_outline(const std::filesystem::path& path, std::size_t largest_bytes) {
  refuse_pipe(path);
  return FileReader(path, largest_bytes, FileReader::Wanted::outline).outline();
}

}  // namespace lnsim::pytorch
