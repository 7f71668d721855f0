#include "sim/run/trace/json_position.h"

#include <gtest/gtest.h>

namespace lnsim {
namespace {

TEST(JsonPosition, gives_the_column_of_every_value) {
  const auto positions = json_positions(R"({"a": 1, "dims": {"stride": [1, 20], "pad": "x"}})");
  EXPECT_EQ(positions.column_of(""), 1);
  EXPECT_EQ(positions.column_of("a"), 7);
  EXPECT_EQ(positions.column_of("dims"), 18);
  EXPECT_EQ(positions.column_of("dims.stride"), 29);
  EXPECT_EQ(positions.column_of("dims.stride[0]"), 30);
  EXPECT_EQ(positions.column_of("dims.stride[1]"), 33);
  EXPECT_EQ(positions.column_of("dims.pad"), 45);
  EXPECT_EQ(positions.values.size(), 7U);
}

TEST(JsonPosition, an_absent_value_stands_where_it_would_have_been) {
  const auto positions = json_positions(R"({"a": 1, "dims": {"pad": [0]}})");
  EXPECT_EQ(positions.column_of("dims.stride"), 18);
  EXPECT_EQ(positions.column_of("dims.pad[7]"), 26);
  EXPECT_EQ(positions.column_of("gemm.M"), 1);
}

TEST(JsonPosition, finds_keys_that_stand_twice_in_one_object) {
  const auto positions = json_positions(R"({"a":1,"b":{"a":2,"a":3},"a":4})");
  ASSERT_EQ(positions.repeated_keys.size(), 2U);
  EXPECT_EQ(positions.repeated_keys[0].path, "b.a");
  EXPECT_EQ(positions.repeated_keys[0].column, 19);
  EXPECT_EQ(positions.repeated_keys[1].path, "a");
  EXPECT_EQ(positions.repeated_keys[1].column, 26);
}

TEST(JsonPosition, quotes_brackets_and_commas_inside_texts_are_text) {
  const auto positions = json_positions(R"({"a":"]},\"x\\","b":true})");
  EXPECT_EQ(positions.column_of("b"), 21);
}

TEST(JsonPosition, columns_count_characters_not_bytes) {
  EXPECT_EQ(json_positions("{\"ü\":\"é\",\"b\":7}").column_of("b"), 14);
  EXPECT_EQ(column_at("äb", 2), 2);
  EXPECT_EQ(column_at("ab", 99), 3);
}

TEST(JsonPosition, nesting_counts_open_objects_and_arrays_outside_texts) {
  EXPECT_EQ(nesting_depth("7"), 0U);
  EXPECT_EQ(nesting_depth(R"({"a":[[1],[2]],"b":{}})"), 3U);
  EXPECT_EQ(nesting_depth(R"({"a":"[[[[\"[[["})"), 1U);
  EXPECT_EQ(nesting_depth("]]]["), 1U);
  EXPECT_EQ(nesting_depth(std::string(100000, '[')), 100000U);
}

TEST(JsonPosition, long_lines_are_scanned_in_one_go) {
  std::string text = "[0";
  for (int i = 0; i < 200000; ++i) text += ",1";
  const auto positions = json_positions(text + "]");
  EXPECT_EQ(positions.values.size(), 200002U);
  EXPECT_EQ(positions.values.back().column, 400002);
}

}  // namespace
}  // namespace lnsim
