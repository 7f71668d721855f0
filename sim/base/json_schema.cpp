#include "sim/base/json_schema.h"

#include <fmt/format.h>

#include <string>

namespace lnsim {
namespace {

using Json = nlohmann::ordered_json;

Json object_schema(const std::vector<ParameterEntry>& entries);

std::string description(const ParameterEntry& entry) {
  std::string text = entry.doc;
  if (!entry.unit.empty()) text += fmt::format(" Unit: {}.", entry.unit);
  if (!entry.condition.empty()) text += fmt::format(" Only with {}.", entry.condition);
  return text;
}

Json integer_schema(const IntegerRange& range) {
  if (!range.power_of_two)
    return Json{{"type", "integer"}, {"minimum", range.lowest}, {"maximum", range.highest}};
  Json powers = Json::array();
  for (std::int64_t power = 1; power <= range.highest; power *= 2) {
    if (power >= range.lowest) powers.push_back(power);
  }
  return Json{{"type", "integer"}, {"enum", powers}};
}

Json value_schema(const ParameterEntry& entry) {
  switch (entry.type) {
    case ParameterType::integer:
      return integer_schema(entry.integer_range);
    case ParameterType::real:
      return Json{
          {"type", "number"}, {"minimum", entry.real_range.lowest}, {"maximum", entry.real_range.highest}};
    case ParameterType::boolean:
      return Json{{"type", "boolean"}};
    case ParameterType::text:
      return Json{{"type", "string"}};
    case ParameterType::choice: {
      Json names = Json::array();
      for (const std::string_view name : entry.choices) names.push_back(std::string(name));
      return Json{{"enum", names}};
    }
    case ParameterType::list:
      return Json{{"type", "array"}, {"items", object_schema(entry.children)}};
    case ParameterType::section:
      break;
  }
  return object_schema(entry.children);
}

Json key_schema(const ParameterEntry& entry) {
  Json schema = value_schema(entry);
  schema["description"] = description(entry);
  if (!entry.default_value.is_null()) schema["default"] = entry.default_value;
  return schema;
}

Json object_schema(const std::vector<ParameterEntry>& entries) {
  Json properties = Json::object();
  for (const ParameterEntry& entry : entries) {
    Json schema = key_schema(entry);
    const auto other = properties.find(entry.name);
    if (other == properties.end()) {
      properties[entry.name] = std::move(schema);
    } else if (other->contains("anyOf")) {
      (*other)["anyOf"].push_back(std::move(schema));
    } else {
      // The same key under two conditions.
      Json both = Json::array({*other, std::move(schema)});
      *other = Json{{"anyOf", std::move(both)}};
    }
  }
  return Json{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

}  // namespace

nlohmann::ordered_json json_schema(const std::vector<ParameterEntry>& parameters, std::string_view title) {
  Json schema;
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = std::string(title);
  schema.update(object_schema(parameters));
  return schema;
}

}  // namespace lnsim
