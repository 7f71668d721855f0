// Makes nodes of a PyTorch execution trace from its JSON, and checks their structure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "sim/run/trace/trace_line.h"
#include "tools/import/pytorch_nodes.h"

namespace lnsim::pytorch {

// The schema whose nodes have their arguments beside their names; those of the others have them in objects.
inline constexpr std::string_view kFlatSchema = "1.0.1";

// Of the schemas that are read, for messages.
std::string known_schemas();

// What a node's parent is called in a schema.
const char* parent_key_of(std::string_view schema);

class NodeReader {
 public:
  // `schema` decides which of the layouts the nodes have, `mistakes` takes those in their structure. Throws
  // UserError for a schema that is not known.
  NodeReader(const std::string& file, std::string_view schema, Mistakes& mistakes);

  // `place` is the node's name in messages. Nothing when there are mistakes.
  std::optional<Node> read(nlohmann::json json, std::string place);

 private:
  using Json = nlohmann::json;
  struct Keys {
    const char *values, *shapes, *types;
  };
  // Its text is made for messages only: there are more arguments than anything else.
  struct ArgumentPlace {
    const std::string& node;
    const char* list;
    std::size_t position;
    std::string text() const;
  };

  bool read_flat(Json& json, const std::string& place, Node& node);
  bool read_nested(Json& json, const std::string& place, Node& node);
  bool read_arguments(Json& json, const Keys& keys, const std::string& place, Node::Arguments& arguments);
  bool check_argument(const Json& value, const Json& shape, const Json& type, const ArgumentPlace& place);
  Json* member(Json& object, const char* key, const std::string& place, const char* expected,
               bool (*right)(const Json&));
  const Json* attribute(const Json& attributes, std::string_view name, const std::string& place,
                        std::int64_t lowest);
  void mistake(std::string path, std::string got, std::string expected);

  std::shared_ptr<const std::string> file_;
  const char* parent_key_;
  bool flat_;
  Mistakes* mistakes_;
};

}  // namespace lnsim::pytorch
