#include "tools/import/pytorch_node_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sim/base/errors.h"
#include "tools/import/json_integer.h"

namespace lnsim::pytorch {

namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 5> kSchemas{kFlatSchema, "1.0.2-chakra.0.0.4", "1.0.3-chakra.0.0.4",
                                                   "1.1.0-chakra.0.0.4", "1.1.1-chakra.0.0.4"};
constexpr std::int64_t kLargestId = std::int64_t{1} << 62;

bool is_id(const Json& value) {
  return is_integer_within(value, 0, kLargestId);
}
bool is_list(const Json& value) {
  return value.is_array();
}
// What an operator can be asked for beside tensors.
bool is_plain(const Json& value) {
  const auto is_one = [](const Json& one) { return one.is_number() || one.is_boolean(); };
  return is_one(value) || (value.is_array() && std::all_of(value.begin(), value.end(), is_one));
}

std::optional<TensorUse> tensor_of(const Json& value, const Json& shape, const std::string& type) {
  // [tensor, storage, offset, elements, bytes per element, device]
  if (!type.starts_with("Tensor(") || type.find("nullptr") != std::string::npos) return std::nullopt;
  TensorUse use{value[1].get<std::int64_t>(), value[2].get<std::int64_t>(), {}, false};
  use.integral = type.find("int") != std::string::npos || type.find("long") != std::string::npos ||
                 type.find("bool") != std::string::npos || type.find("char") != std::string::npos ||
                 type.find("short") != std::string::npos;
  use.shape = shape.get<std::vector<std::int64_t>>();
  return use;
}

}  // namespace

std::string known_schemas() {
  return fmt::format("one of {}", fmt::join(kSchemas, ", "));
}

const char* parent_key_of(std::string_view schema) {
  return schema == kFlatSchema ? "parent" : "ctrl_deps";
}

NodeReader::NodeReader(const std::string& file, std::string_view schema, Mistakes& mistakes)
    : file_(std::make_shared<const std::string>(file)),
      parent_key_(parent_key_of(schema)),
      flat_(schema == kFlatSchema),
      mistakes_(&mistakes) {
  if (std::find(kSchemas.begin(), kSchemas.end(), schema) == kSchemas.end())
    throw UserError(Diagnostic{{file}, "schema", quoted(Json(schema)), known_schemas()});
}

void NodeReader::mistake(std::string path, std::string got, std::string expected) {
  mistakes_->add(Diagnostic{{*file_}, std::move(path), std::move(got), std::move(expected)});
}

// The value, or nothing after saying what is wrong.
Json* NodeReader::member(Json& object, const char* key, const std::string& place, const char* expected,
                         bool (*right)(const Json&)) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  if (found != object.end() && right(*found)) return &*found;
  mistake(fmt::format("{}.{}", place, key), found == object.end() ? "nothing" : quoted(*found), expected);
  return nullptr;
}

std::optional<Node> NodeReader::read(Json json, std::string place) {
  constexpr const char* kId = "an integer from 0 to 2^62";
  if (!json.is_object()) {
    mistake(std::move(place), quoted(json), "a node");
    return std::nullopt;
  }
  Node node;
  const Json* id = member(json, "id", place, kId, is_id);
  const Json* parent = member(json, parent_key_, place, kId, is_id);
  const Json* name =
      member(json, "name", place, "a text", [](const Json& value) { return value.is_string(); });
  const bool complete = flat_ ? read_flat(json, place, node) : read_nested(json, place, node);
  if (id == nullptr || parent == nullptr || name == nullptr || !complete) return std::nullopt;
  node.id = id->get<std::int64_t>();
  node.parent_id = parent->get<std::int64_t>();
  node.name = name->get<std::string>();
  node.file_ = file_;
  node.place_ = std::move(place);
  return node;
}

bool NodeReader::read_flat(Json& json, const std::string& place, Node& node) {
  const Json* scope = member(json, "scope", place, "an integer", is_id);
  const Json* sequence = member(json, "seq_id", place, "an integer",
                                [](const Json& value) { return is_integer_within(value, -1, kLargestId); });
  const bool inputs = read_arguments(json, {"inputs", "input_shapes", "input_types"}, place, node.inputs_);
  const bool outputs =
      read_arguments(json, {"outputs", "output_shapes", "output_types"}, place, node.outputs_);
  if (scope == nullptr || sequence == nullptr || !inputs || !outputs) return false;
  node.scope = static_cast<Scope>(scope->get<std::int64_t>());
  node.sequence = sequence->get<std::int64_t>();
  return true;
}

bool NodeReader::read_nested(Json& json, const std::string& place, Node& node) {
  const auto is_object = [](const Json& value) { return value.is_object(); };
  Json* inputs = member(json, "inputs", place, "an object with values, shapes and types", is_object);
  Json* outputs = member(json, "outputs", place, "an object with values, shapes and types", is_object);
  const Json* attributes = member(json, "attrs", place, "a list of attributes", is_list);
  if (inputs == nullptr || outputs == nullptr || attributes == nullptr) return false;
  const bool has_inputs =
      read_arguments(*inputs, {"values", "shapes", "types"}, place + ".inputs", node.inputs_);
  const bool has_outputs =
      read_arguments(*outputs, {"values", "shapes", "types"}, place + ".outputs", node.outputs_);
  const Json* scope = attribute(*attributes, "scope", place, 0);
  const Json* sequence = attribute(*attributes, "seq_id", place, -1);
  if (!has_inputs || !has_outputs || scope == nullptr || sequence == nullptr) return false;
  node.scope = static_cast<Scope>(scope->get<std::int64_t>());
  node.sequence = sequence->get<std::int64_t>();
  return true;
}

const Json* NodeReader::attribute(const Json& attributes, std::string_view name, const std::string& place,
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

bool NodeReader::read_arguments(Json& json, const Keys& keys, const std::string& place,
                                Node::Arguments& arguments) {
  Json* values = member(json, keys.values, place, "a list", is_list);
  Json* shapes = member(json, keys.shapes, place, "a list", is_list);
  Json* types = member(json, keys.types, place, "a list", is_list);
  if (values == nullptr || shapes == nullptr || types == nullptr) return false;
  const std::size_t count = values->size();
  if (shapes->size() != count || types->size() != count) {
    mistake(fmt::format("{}.{}", place, keys.values),
            fmt::format("{} values, {} shapes and {} types", count, shapes->size(), types->size()),
            "as many of each");
    return false;
  }
  bool right = true;
  for (std::size_t i = 0; i < count; ++i) {
    Json& value = (*values)[i];
    const Json& shape = (*shapes)[i];
    const Json& type = (*types)[i];
    if (!check_argument(value, shape, type, {place, keys.values, i})) {
      right = false;
      continue;
    }
    auto tensor = tensor_of(value, shape, type.get_ref<const std::string&>());
    Json other = tensor ? Json() : is_plain(value) ? std::move(value) : Json(quoted(value));
    arguments.push_back({std::move(tensor), std::move(other)});
  }
  return right;
}

std::string NodeReader::ArgumentPlace::text() const {
  return fmt::format("{}.{}[{}]", node, list, position);
}

// A tensor has six numbers and a shape of integers; everything else is looked at by who needs it.
bool NodeReader::check_argument(const Json& value, const Json& shape, const Json& type,
                                const ArgumentPlace& place) {
  if (!type.is_string()) {
    mistake(place.text(), "type " + quoted(type), "a type name");
    return false;
  }
  if (!type.get_ref<const std::string&>().starts_with("Tensor(")) return true;
  const bool numbers = value.is_array() && value.size() == 6 && is_id(value[1]) && is_id(value[2]);
  if (!numbers) mistake(place.text(), quoted(value), "[tensor, storage, offset, elements, bytes, device]");
  const bool extents = shape.is_array() && std::all_of(shape.begin(), shape.end(), [](const Json& extent) {
                         return is_integer_within(extent, 0, kLargestExtent);
                       });
  if (!extents) mistake(place.text(), "shape " + quoted(shape), "extents from 0 to 2147483648");
  return numbers && extents;
}

}  // namespace lnsim::pytorch
