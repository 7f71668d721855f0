#include "sim/run/sweep/expression.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace lnsim {
namespace {

const std::vector<std::string> kNames{"pe.lanes", "pe.count", "datapath.kind", "energy_pj"};

double number(const std::string& text, const std::vector<SweepValue>& values = {}) {
  return std::get<double>(Expression(text, kNames).of(values));
}

std::string mistake(const std::string& text) {
  try {
    Expression(text, kNames);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "none";
}

TEST(Expression, CountsInRealNumbers) {
  EXPECT_EQ(number("7 / 2"), 3.5);
  EXPECT_EQ(number("2 * (3 + 4) - 1e1"), 4.0);
  EXPECT_EQ(number("(1 << (5 - 1)) - 1"), 15.0);
  EXPECT_EQ(number("pow(2, 0.5) * pow(2, 0.5) > 1.99"), 1.0);
  EXPECT_EQ(number("max(1, 3, 2)"), 3.0);
}

TEST(Expression, TakesValuesInTheOrderOfItsNames) {
  Expression expression("pe.count * 10 + pe.lanes + pe.count", kNames);
  EXPECT_EQ(expression.names(), (std::vector<std::string>{"pe.count", "pe.lanes"}));
  EXPECT_EQ(expression.of(std::vector<SweepValue>{2.0, 5.0}), SweepValue(27.0));
  EXPECT_EQ(expression.of(std::vector<SweepValue>{1.0, 1.0}), SweepValue(12.0));
}

TEST(Expression, ComparesTexts) {
  EXPECT_EQ(number("datapath.kind IN ('lns', 'int8')", {std::string("int8")}), 1.0);
  EXPECT_EQ(number("datapath.kind = 'lns' AND NOT 1 > 2", {std::string("fp32")}), 0.0);
}

TEST(Expression, OfWhatIsNotKnownIsNotTrue) {
  const SweepValue value = Expression("energy_pj < 5", kNames).of(std::vector<SweepValue>{SweepValue{}});
  EXPECT_TRUE(std::holds_alternative<std::monostate>(value));
  EXPECT_FALSE(is_true(value));
}

TEST(Expression, IsRefusedWithUnknownNames) {
  EXPECT_EQ(mistake("pe.lane > 3"), "pe.lane (did you mean pe.lanes?)");
  EXPECT_EQ(mistake("lanes + 1"), "lanes");
}

TEST(Expression, IsRefusedWhenItIsMoreThanAnExpression) {
  EXPECT_EQ(mistake("1; 2"), "';'");
  EXPECT_NE(mistake("1, 2"), "none");
  EXPECT_EQ(mistake("1), (2"), "more than one value");
  EXPECT_EQ(mistake("1 -- 2"), "a comment");
  EXPECT_EQ(mistake("'open"), "text without its closing '");
  EXPECT_EQ(mistake("select (1)"), "select");
  EXPECT_NE(mistake("1 +"), "none");
  EXPECT_NE(mistake("nothing(1)"), "none");
  EXPECT_NE(mistake(""), "none");
}

}  // namespace
}  // namespace lnsim
