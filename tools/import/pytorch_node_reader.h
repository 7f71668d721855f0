// Makes nodes of a PyTorch execution trace from its JSON, and checks their structure.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

#include "sim/run/trace/trace_line.h"
#include "tools/import/pytorch_nodes.h"

namespace lnsim::pytorch {

// Of the schemas that are read, for messages.
std::string known_schemas();

class NodeReader {
 public:
  // `schema` decides which of the layouts the nodes have. Throws UserError for one that is not known.
  NodeReader(const std::string& file, std::string schema);

  // `place` is the node's name in messages.
  void add(nlohmann::json node, const std::string& place);

  // Throws UserError with every mistake in the nodes' structure. To be called once.
  Nodes finish();

 private:
  using Json = nlohmann::json;
  struct Keys {
    const char *values, *shapes, *types;
  };

  bool read_flat(Json& json, const std::string& place, Node& node);
  bool read_nested(Json& json, const std::string& place, Node& node);
  bool read_arguments(Json& json, const Keys& keys, const std::string& place, Node::Arguments& arguments);
  bool check_argument(const Json& value, const Json& shape, const Json& type, const std::string& place);
  Json* member(Json& object, const char* key, const std::string& place, const char* expected,
               bool (*right)(const Json&));
  const Json* attribute(const Json& attributes, std::string_view name, const std::string& place,
                        std::int64_t lowest);
  void link();
  void mistake(std::string path, std::string got, std::string expected);

  std::shared_ptr<const std::string> file_;
  Nodes nodes_;
  bool flat_;
  Mistakes mistakes_;
  std::unordered_map<std::int64_t, std::int64_t> parents_;  // by id
};

}  // namespace lnsim::pytorch
