#include "tools/characterise/full_adder.h"

#include <gtest/gtest.h>

#include "tools/characterise/gates/liberty.h"

namespace lnsim::characterise {
namespace {

gates::Cell cell(const std::string& name, double area, const std::string& sum, const std::string& carry) {
  gates::Cell result;
  result.name = name;
  result.area = area;
  for (const char* input : {"A", "B", "CI"}) {
    gates::Pin pin;
    pin.name = input;
    result.pins.push_back(pin);
  }
  for (const auto& [pin_name, function] : {std::pair{"S", sum}, std::pair{"CO", carry}}) {
    gates::Pin pin;
    pin.name = pin_name;
    pin.direction = gates::PinDirection::kOutput;
    pin.function = gates::BooleanFunction(function);
    result.pins.push_back(pin);
  }
  return result;
}

gates::Library library(const std::vector<gates::Cell>& cells) {
  gates::Library result;
  for (const gates::Cell& each : cells) result.cells[each.name] = each;
  return result;
}

TEST(FullAdder, IsFoundInThePackagedLibrary) {
  const std::filesystem::path files[] = {OSU018_LIBERTY};
  const auto adder = find_full_adder(gates::read_liberty(files));
  ASSERT_TRUE(adder.has_value());
  EXPECT_EQ(adder->cell, "FAX1");
  EXPECT_EQ(adder->sum, "YS");
  EXPECT_EQ(adder->carry, "YC");
  EXPECT_FALSE(adder->sum_inverted || adder->carry_inverted);
}

TEST(FullAdder, IsTheSmallestByItsFunctionsWhateverItsName) {
  const auto adder = find_full_adder(
      library({cell("big", 3, "A^B^CI", "(A B)+(A CI)+(B CI)"),
               cell("small", 2, "!(A^B^CI)", "!((A B)|(CI (A|B)))"), cell("other", 1, "A^B", "A B CI")}));
  ASSERT_TRUE(adder.has_value());
  EXPECT_EQ(adder->cell, "small");
  EXPECT_TRUE(adder->sum_inverted && adder->carry_inverted);
  EXPECT_TRUE(adder->inverts());
}

TEST(FullAdder, IsNotThereInALibraryWithout) {
  EXPECT_FALSE(find_full_adder(library({cell("other", 1, "A^B", "A B CI")})).has_value());
}

}  // namespace
}  // namespace lnsim::characterise
