#include "tools/characterise/gates/boolean_function.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace lnsim::gates {
namespace {

// By assignment, the first name in the lowest bit: 0 or 1 each.
std::string table(const BooleanFunction& function) {
  std::string bits;
  for (unsigned assignment = 0; assignment < 1U << function.names().size(); ++assignment) {
    std::vector<std::uint64_t> values;
    for (std::size_t i = 0; i < function.names().size(); ++i) values.push_back(assignment >> i & 1U);
    bits += (function.evaluate(values) & 1U) != 0 ? '1' : '0';
  }
  return bits;
}

std::string complaint(const std::string& text) {
  try {
    const BooleanFunction function(text);
    return "";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

TEST(BooleanFunction, knows_every_spelling_of_and_or_and_not) {
  for (const char* text : {"A*B", "A & B", "A B", "(A)(B)", "!(!A + !B)", "(A' | B')'", "!(A'+B')"})
    EXPECT_EQ(table(BooleanFunction(text)), "0001") << text;
}

TEST(BooleanFunction, binds_not_then_xor_then_and_then_or) {
  EXPECT_EQ(table(BooleanFunction("!A^B")), "1001");       // (!A) ^ B
  EXPECT_EQ(table(BooleanFunction("A^B C")), "00000110");  // (A ^ B) C, with C in the highest bit
  EXPECT_EQ(table(BooleanFunction("A+B C")), "01010111");  // A + (B C)
  EXPECT_EQ(table(BooleanFunction("A B'")), "0100");
  EXPECT_EQ(table(BooleanFunction("A ^ !B")), "1001");
}

TEST(BooleanFunction, evaluates_64_assignments_at_once) {
  const BooleanFunction carry("A B + B CI + A CI");
  const std::uint64_t a = 0xaaaaaaaaaaaaaaaa, b = 0xcccccccccccccccc, c = 0xf0f0f0f0f0f0f0f0;
  EXPECT_EQ(carry.names(), (std::vector<std::string>{"A", "B", "CI"}));
  EXPECT_EQ(carry.evaluate({a, b, c}), (a & b) | (b & c) | (a & c));
}

TEST(BooleanFunction, may_be_constant) {
  EXPECT_EQ(BooleanFunction("1").evaluate({}), ~std::uint64_t{0});
  EXPECT_EQ(BooleanFunction("!1").evaluate({}), 0U);
  EXPECT_EQ(table(BooleanFunction("A + 1")), "11");
}

TEST(BooleanFunction, says_what_is_wrong) {
  EXPECT_EQ(complaint(""), "got the end, expected a name, 0, 1, `!` or `(`");
  EXPECT_EQ(complaint("(A + B"), "got the end, expected `)`");
  EXPECT_EQ(complaint("A + * B"), "got `* B`, expected a name, 0, 1, `!` or `(`");
  EXPECT_EQ(complaint("A ) B"), "got `) B`, expected an operator");
  EXPECT_EQ(complaint(std::string(5000, '!') + "A").substr(0, 10), "got `!!!!!");
}

TEST(BooleanFunction, is_written_as_verilog) {
  const BooleanFunction function("!((A B)+C^1)");
  EXPECT_EQ(function.verilog([](const std::string& name) { return "in_" + name; }),
            "(~((in_A & in_B) | (in_C ^ 1'b1)))");
}

}  // namespace
}  // namespace lnsim::gates
