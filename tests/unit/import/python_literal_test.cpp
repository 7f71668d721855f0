#include "tools/import/python_literal.h"

#include <gtest/gtest.h>

#include <string>

namespace lnsim {
namespace {

using Json = nlohmann::json;

TEST(PythonLiteral, lists_numbers_texts_and_words_become_json) {
  const auto json =
      parse_python_literal("[[1422, -3, 0.5, 1e-05], 'cuda:0', (True, False), None, [], \"a'b\"]");
  EXPECT_EQ(json, Json::parse(R"([[1422, -3, 0.5, 1e-05], "cuda:0", [true, false], null, [], "a'b"])"));
}

TEST(PythonLiteral, words_that_json_has_no_value_for_become_texts) {
  EXPECT_EQ(parse_python_literal("[inf, -inf, nan]"), Json::parse(R"(["inf", "-inf", "nan"])"));
}

TEST(PythonLiteral, escaped_quotes_do_not_end_a_text) {
  EXPECT_EQ(parse_python_literal(R"(['it\'s', '\\'])"), Json::parse(R"(["it's", "\\"])"));
}

TEST(PythonLiteral, a_comma_may_stand_behind_the_last_entry) {
  EXPECT_EQ(parse_python_literal("(1,)"), Json::parse("[1]"));
}

TEST(PythonLiteral, anything_else_is_no_value) {
  for (const char* text : {"", "[", "[1", "[1 2]", "]", "'open", "[1]]", "x", "[,]", "--1", "{}"})
    EXPECT_FALSE(parse_python_literal(text)) << text;
  EXPECT_FALSE(parse_python_literal(std::string(1000, '[')));
}

}  // namespace
}  // namespace lnsim
