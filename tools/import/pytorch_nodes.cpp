#include "tools/import/pytorch_nodes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "sim/base/errors.h"
#include "sim/run/trace/json_position.h"
#include "sim/run/trace/trace_line.h"
#include "tools/import/packed_file.h"

namespace lnsim::pytorch {

namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 5> kSchemas{"1.0.1", "1.0.2-chakra.0.0.4", "1.0.3-chakra.0.0.4",
                                                   "1.1.0-chakra.0.0.4", "1.1.1-chakra.0.0.4"};
constexpr std::int64_t kLargestId = std::int64_t{1} << 62;
constexpr std::int64_t kLargestExtent = std::int64_t{1} << 31;

bool is_integer_within(const Json& value, std::int64_t lowest, std::int64_t highest) {
  if (!value.is_number_integer()) return false;
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(highest))
    return false;
  const auto number = value.get<std::int64_t>();
  return number >= lowest && number <= highest;
}

Json parse(const std::string& file, const std::string& text) {
  const std::size_t depth = nesting_depth(text);
  if (depth > kDeepestNesting) {
    throw UserError(Diagnostic{
        {file}, "", fmt::format("values nested {} deep", depth), fmt::format("at most {}", kDeepestNesting)});
  }
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    const std::size_t byte = std::min(error.byte == 0 ? 0 : error.byte - 1, text.size());
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(byte);
    const std::size_t line_start = byte == 0 ? 0 : text.rfind('\n', byte - 1) + 1;
    throw UserError(
        Diagnostic{{file, static_cast<int>(std::count(text.begin(), end, '\n')) + 1,
                    column_at(std::string_view(text).substr(line_start), byte - line_start)},
                   "",
                   byte >= text.size() ? "the end of the file inside a value" : "text that is not JSON",
                   "a PyTorch execution trace"});
  }
}

}  // namespace

std::optional<TensorUse> Node::tensor(const Arguments& arguments, std::size_t position) {
  if (position >= arguments.values->size()) return std::nullopt;
  const Json& value = (*arguments.values)[position];
  const Json& shape = (*arguments.shapes)[position];
  const auto& type = (*arguments.types)[position].get_ref<const std::string&>();
  // [tensor, storage, offset, elements, bytes per element, device]
  if (!type.starts_with("Tensor(") || type.find("nullptr") != std::string::npos || value.size() != 6) {
    return std::nullopt;
  }
  TensorUse use{value[1].get<std::int64_t>(), value[2].get<std::int64_t>(), {}, false};
  use.integral = type.find("int") != std::string::npos || type.find("long") != std::string::npos ||
                 type.find("bool") != std::string::npos || type.find("char") != std::string::npos ||
                 type.find("short") != std::string::npos;
  for (const Json& extent : shape) use.shape.push_back(extent.get<std::int64_t>());
  return use;
}

std::optional<TensorUse> Node::input(std::size_t position) const {
  return tensor(inputs_, position);
}
std::optional<TensorUse> Node::output(std::size_t position) const {
  return tensor(outputs_, position);
}

void Node::fail(std::string_view part, std::size_t position, std::string got, std::string expected) const {
  throw UserError(Diagnostic{{file_},
                             fmt::format("{}.{}[{}] ({})", place_, part, position, name),
                             std::move(got),
                             std::move(expected)});
}

const Json& Node::value(std::size_t position, std::string_view expected, bool (*right)(const Json&)) const {
  if (position >= inputs_.values->size()) fail("inputs", position, "nothing", std::string(expected));
  const Json& found = (*inputs_.values)[position];
  if (!right(found)) fail("inputs", position, quoted(found), std::string(expected));
  return found;
}

std::vector<std::int64_t> Node::integers(std::size_t position) const {
  const Json& list = value(position, "a list of integers from 0 to 2147483648", [](const Json& found) {
    return found.is_array() && std::all_of(found.begin(), found.end(), [](const Json& element) {
             return is_integer_within(element, 0, kLargestExtent);
           });
  });
  return list.get<std::vector<std::int64_t>>();
}

std::int64_t Node::integer(std::size_t position) const {
  return value(position, "an integer from 0 to 2147483648",
               [](const Json& found) { return is_integer_within(found, 0, kLargestExtent); })
      .get<std::int64_t>();
}

bool Node::boolean(std::size_t position) const {
  return value(position, "true or false", [](const Json& found) { return found.is_boolean(); }).get<bool>();
}

std::vector<bool> Node::booleans(std::size_t position) const {
  const Json& list = value(position, "a list of true and false", [](const Json& found) {
    return found.is_array() &&
           std::all_of(found.begin(), found.end(), [](const Json& element) { return element.is_boolean(); });
  });
  return list.get<std::vector<bool>>();
}

TensorUse Node::input_tensor(std::size_t position) const {
  const auto found = input(position);
  if (!found) fail("inputs", position, "no tensor", "a tensor");
  return *found;
}

TensorUse Node::output_tensor(std::size_t position) const {
  const auto found = output(position);
  if (!found) fail("outputs", position, "no tensor", "a tensor");
  return *found;
}

// Checks a file's structure and fills the nodes.
class NodeReader {
 public:
  NodeReader(std::string file, Nodes& into, const std::vector<std::string>& places)
      : file_(std::move(file)), into_(into), places_(places) {}

  void read() {
    const Json& document = into_.document;
    read_schema(document);
    const auto nodes = document.find("nodes");
    if (nodes == document.end() || !nodes->is_array() || nodes->empty()) {
      fail("nodes", nodes == document.end() ? "nothing" : quoted(*nodes), "a list of nodes");
    }
    into_.nodes.reserve(nodes->size());
    for (std::size_t i = 0; i < nodes->size(); ++i)
      read_node((*nodes)[i], i < places_.size() ? places_[i] : fmt::format("nodes[{}]", i));
    mistakes_.throw_if_any();
    link();
    mistakes_.throw_if_any();
  }

 private:
  [[noreturn]] void fail(std::string path, std::string got, std::string expected) const {
    throw UserError(Diagnostic{{file_}, std::move(path), std::move(got), std::move(expected)});
  }
  void mistake(std::string path, std::string got, std::string expected) {
    mistakes_.add(Diagnostic{{file_}, std::move(path), std::move(got), std::move(expected)});
  }

  void read_schema(const Json& document) {
    const std::string expected = fmt::format("one of {}", fmt::join(kSchemas, ", "));
    if (!document.is_object())
      fail("", quoted(document), "a PyTorch execution trace, an object with `schema` and `nodes`");
    const auto schema = document.find("schema");
    if (schema == document.end()) fail("schema", "nothing", expected);
    if (!schema->is_string() ||
        std::find(kSchemas.begin(), kSchemas.end(), schema->get<std::string>()) == kSchemas.end()) {
      fail("schema", quoted(*schema), expected);
    }
    into_.schema = schema->get<std::string>();
    flat_ = into_.schema == "1.0.1";
  }

  // The value, or nothing after saying what is wrong.
  const Json* member(const Json& object, const char* key, const std::string& place, const char* expected,
                     bool (*right)(const Json&)) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (found != object.end() && right(*found)) return &*found;
    mistake(fmt::format("{}.{}", place, key), found == object.end() ? "nothing" : quoted(*found), expected);
    return nullptr;
  }

  static bool is_id(const Json& value) { return is_integer_within(value, 0, kLargestId); }
  static bool is_list(const Json& value) { return value.is_array(); }

  void read_node(const Json& json, const std::string& place) {
    constexpr const char* kId = "an integer from 0 to 2^62";
    if (!json.is_object()) return mistake(place, quoted(json), "a node");
    Node node;
    node.file_ = file_;
    node.place_ = place;
    const Json* id = member(json, "id", place, kId, is_id);
    const Json* parent = member(json, flat_ ? "parent" : "ctrl_deps", place, kId, is_id);
    const Json* name =
        member(json, "name", place, "a text", [](const Json& value) { return value.is_string(); });
    const bool complete = flat_ ? read_flat(json, place, node) : read_nested(json, place, node);
    if (id == nullptr || parent == nullptr || name == nullptr || !complete) return;
    node.id = id->get<std::int64_t>();
    node.name = name->get<std::string>();
    parents_.emplace(node.id, parent->get<std::int64_t>());
    into_.nodes.push_back(std::move(node));
  }

  bool read_flat(const Json& json, const std::string& place, Node& node) {
    const Json* scope = member(json, "scope", place, "an integer", is_id);
    const Json* sequence = member(json, "seq_id", place, "an integer",
                                  [](const Json& value) { return is_integer_within(value, -1, kLargestId); });
    const bool arguments =
        read_arguments(json, {"inputs", "input_shapes", "input_types"}, place, node.inputs_) &
        read_arguments(json, {"outputs", "output_shapes", "output_types"}, place, node.outputs_);
    if (scope == nullptr || sequence == nullptr || !arguments) return false;
    node.scope = static_cast<Scope>(scope->get<std::int64_t>());
    node.sequence = sequence->get<std::int64_t>();
    return true;
  }

  bool read_nested(const Json& json, const std::string& place, Node& node) {
    const auto is_object = [](const Json& value) { return value.is_object(); };
    const Json* inputs = member(json, "inputs", place, "an object with values, shapes and types", is_object);
    const Json* outputs =
        member(json, "outputs", place, "an object with values, shapes and types", is_object);
    const Json* attributes = member(json, "attrs", place, "a list of attributes", is_list);
    if (inputs == nullptr || outputs == nullptr || attributes == nullptr) return false;
    const bool arguments =
        read_arguments(*inputs, {"values", "shapes", "types"}, place + ".inputs", node.inputs_) &
        read_arguments(*outputs, {"values", "shapes", "types"}, place + ".outputs", node.outputs_);
    const Json* scope = attribute(*attributes, "scope", place, 0);
    const Json* sequence = attribute(*attributes, "seq_id", place, -1);
    if (!arguments || scope == nullptr || sequence == nullptr) return false;
    node.scope = static_cast<Scope>(scope->get<std::int64_t>());
    node.sequence = sequence->get<std::int64_t>();
    return true;
  }

  const Json* attribute(const Json& attributes, std::string_view name, const std::string& place,
                        std::int64_t lowest) {
    for (const Json& entry : attributes) {
      if (!entry.is_object() || entry.value("name", Json()) != Json(name)) continue;
      const auto value = entry.find("value");
      if (value != entry.end() && is_integer_within(*value, lowest, kLargestId)) return &*value;
    }
    mistake(fmt::format("{}.attrs", place), fmt::format("no {}", name),
            fmt::format("an integer attribute {}", name));
    return nullptr;
  }

  bool read_arguments(const Json& json, std::array<const char*, 3> keys, const std::string& place,
                      Node::Arguments& arguments) {
    arguments.values = member(json, keys[0], place, "a list", is_list);
    arguments.shapes = member(json, keys[1], place, "a list", is_list);
    arguments.types = member(json, keys[2], place, "a list", is_list);
    if (arguments.values == nullptr || arguments.shapes == nullptr || arguments.types == nullptr)
      return false;
    const std::size_t count = arguments.values->size();
    if (arguments.shapes->size() != count || arguments.types->size() != count) {
      mistake(fmt::format("{}.{}", place, keys[0]),
              fmt::format("{} values, {} shapes and {} types", count, arguments.shapes->size(),
                          arguments.types->size()),
              "as many of each");
      return false;
    }
    bool right = true;
    for (std::size_t i = 0; i < count; ++i)
      right &= check_argument(arguments, i, fmt::format("{}.{}[{}]", place, keys[0], i));
    return right;
  }

  // A tensor has six numbers and a shape of integers; everything else is looked at by who needs it.
  bool check_argument(const Node::Arguments& arguments, std::size_t i, const std::string& place) {
    const Json& type = (*arguments.types)[i];
    if (!type.is_string()) {
      mistake(place, "type " + quoted(type), "a type name");
      return false;
    }
    const Json& value = (*arguments.values)[i];
    const Json& shape = (*arguments.shapes)[i];
    if (!type.get_ref<const std::string&>().starts_with("Tensor(")) return true;
    const bool numbers = value.is_array() && value.size() == 6 && is_id(value[1]) && is_id(value[2]);
    if (!numbers) mistake(place, quoted(value), "[tensor, storage, offset, elements, bytes, device]");
    const bool extents = shape.is_array() && std::all_of(shape.begin(), shape.end(), [](const Json& extent) {
                           return is_integer_within(extent, 0, kLargestExtent);
                         });
    if (!extents) mistake(place, "shape " + quoted(shape), "extents from 0 to 2147483648");
    return numbers && extents;
  }

  // Call order, and parents as indices. Ids are given when a call begins, so a parent's id is smaller.
  void link() {
    std::sort(into_.nodes.begin(), into_.nodes.end(),
              [](const Node& a, const Node& b) { return a.id < b.id; });
    std::unordered_map<std::int64_t, std::size_t> index;
    for (std::size_t i = 0; i < into_.nodes.size(); ++i) {
      Node& node = into_.nodes[i];
      const std::int64_t parent = parents_.at(node.id);
      const std::string path = fmt::format("{}.{}", node.place_, flat_ ? "parent" : "ctrl_deps");
      if (!index.emplace(node.id, i).second) {
        mistake(node.place_ + ".id", fmt::format("{} a second time", node.id), "an id of its own");
      } else if (parent > node.id) {
        mistake(path, fmt::format("{}", parent),
                fmt::format("an id below {}, the node's own (a later one makes a cycle)", node.id));
      } else if (parent < node.id) {
        const auto found = index.find(parent);
        if (found == index.end()) {
          mistake(path, fmt::format("{}", parent), "the id of a node");
        } else {
          node.parent = found->second;
        }
      }
    }
  }

  std::string file_;
  Nodes& into_;
  const std::vector<std::string>& places_;
  Mistakes mistakes_;
  bool flat_ = false;
  std::unordered_map<std::int64_t, std::int64_t> parents_;  // by id
};

Nodes nodes_of(Json document, const std::string& file, const std::vector<std::string>& places) {
  Nodes nodes;
  nodes.document = std::move(document);
  NodeReader(file, nodes, places).read();
  return nodes;
}

Nodes read_nodes(const std::filesystem::path& path, std::size_t largest_bytes) {
  return nodes_of(parse(path.string(), read_packed_file(path, largest_bytes)), path.string());
}

}  // namespace lnsim::pytorch
