#include "sim/base/json_schema.h"

#include <gtest/gtest.h>

#include "tests/unit/base/sample_parameters.h"

namespace lnsim {
namespace {

nlohmann::ordered_json train_schema() {
  Train train;
  return json_schema(ParameterLister::listed(train), "train");
}

TEST(JsonSchema, names_its_draft_and_closes_every_object) {
  const auto schema = train_schema();
  EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(schema["title"], "train");
  EXPECT_EQ(schema["type"], "object");
  EXPECT_EQ(schema["additionalProperties"], false);
  EXPECT_EQ(schema["properties"]["boiler"]["additionalProperties"], false);
  EXPECT_EQ(schema["properties"]["wagons"]["items"]["additionalProperties"], false);
}

TEST(JsonSchema, holds_type_range_default_unit_and_condition) {
  const auto properties = train_schema()["properties"];
  EXPECT_EQ(
      properties["gears"].dump(),
      R"({"type":"integer","minimum":-1,"maximum":12,)"
      R"("description":"Gears. Only with engine: diesel or electric and engine: diesel.","default":6})");
  EXPECT_EQ(
      properties["boiler"]["properties"]["pressure_bar"].dump(),
      R"({"type":"number","minimum":1.0,"maximum":30.0,"description":"Pressure. Unit: bar.","default":12.5})");
  EXPECT_EQ(properties["boiler"]["properties"]["tubes"]["enum"],
            (nlohmann::ordered_json{16, 32, 64, 128, 256}));
  EXPECT_EQ(properties["engine"]["enum"], (nlohmann::ordered_json{"steam", "diesel", "electric"}));
  EXPECT_EQ(properties["brakes"]["type"], "boolean");
  EXPECT_EQ(properties["name"]["default"], "unnamed");
  EXPECT_EQ(properties["wagons"]["type"], "array");
  EXPECT_FALSE(properties["boiler"].contains("default"));
}

TEST(JsonSchema, allows_a_key_of_several_conditions_in_each_of_its_forms) {
  const auto entry = [](const char* condition, std::int64_t highest) {
    ParameterEntry bits;
    bits.type = ParameterType::integer;
    bits.name = "bits";
    bits.condition = condition;
    bits.integer_range = {1, highest};
    bits.default_value = 1;
    return bits;
  };
  const auto schema = json_schema({entry("a", 8), entry("b", 16), entry("c", 32)}, "t");
  const auto& forms = schema["properties"]["bits"]["anyOf"];
  ASSERT_EQ(forms.size(), 3U);
  EXPECT_EQ(forms[0]["maximum"], 8);
  EXPECT_EQ(forms[1]["maximum"], 16);
  EXPECT_EQ(forms[2]["maximum"], 32);
}

}  // namespace
}  // namespace lnsim
