#include "sim/base/manual.h"

#include <gtest/gtest.h>

#include "sim/base/errors.h"
#include "tests/unit/base/sample_parameters.h"

namespace lnsim {
namespace {

std::vector<ParameterEntry> listing() {
  Train train;
  return ParameterLister::listed(train);
}

TEST(Manual, has_every_key_with_range_unit_default_meaning_and_condition) {
  EXPECT_EQ(manual_text(listing(), ""),
            "  name\n      text; default unnamed\n      Name.\n"
            "  brakes\n      true or false; default true\n      Whether it stops.\n"
            "  engine\n      one of steam, diesel, electric; default steam\n      What pulls.\n"
            "  power_mw   [only with engine: diesel or electric]\n"
            "      a number from 0.1 to 10 (MW); default 2.0\n      Power.\n"
            "  gears   [only with engine: diesel or electric and engine: diesel]\n"
            "      an integer from -1 to 12; default 6\n      Gears.\n"
            "\n"
            "boiler: Steam.   [only with engine: steam]\n"
            "  pressure_bar\n      a number from 1 to 30 (bar); default 12.5\n      Pressure.\n"
            "  tubes\n      a power of two from 16 to 256 (tubes); default 64\n      Tubes.\n"
            "\n"
            "wagons[]: Wagons.\n"
            "  seats\n      an integer from 0 to 200 (seats); default 40\n      Seats.\n");
}

TEST(Manual, prints_one_section_with_what_lies_below) {
  EXPECT_EQ(manual_text(listing(), "wagons"),
            "wagons[]: Wagons.\n  seats\n      an integer from 0 to 200 (seats); default 40\n      Seats.\n");
}

TEST(Manual, breaks_long_texts_at_blanks) {
  ParameterEntry entry;
  entry.type = ParameterType::text;
  entry.name = "x";
  entry.default_value = "";
  entry.doc = std::string(50, 'a') + " " + std::string(39, 'b') + " c";
  EXPECT_EQ(manual_text({entry}, ""), "  x\n      text; default none\n      " + std::string(50, 'a') + " " +
                                          std::string(39, 'b') + "\n      c\n");
}

TEST(Manual, refuses_sections_that_do_not_exist) {
  const auto complaint = [](std::string_view section) {
    try {
      manual_text(listing(), section);
    } catch (const UserError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(complaint("boilr"), "got boilr, expected a section: did you mean boiler?");
  EXPECT_EQ(complaint("boiler.chimney"), "got boiler.chimney, expected a section, one of boiler, wagons");
  EXPECT_EQ(complaint("name"), "got name, expected a section, one of boiler, wagons");
}

TEST(Manual, is_there_as_data_too) {
  EXPECT_EQ(
      manual_json(listing(), "boiler").dump(),
      R"([{"path":"boiler.pressure_bar","type":"number","unit":"bar","default":12.5,"range":[1.0,30.0],)"
      R"("doc":"Pressure.","only_with":""},)"
      R"({"path":"boiler.tubes","type":"integer","unit":"tubes","default":64,"range":[16,256],)"
      R"("power_of_two":true,"doc":"Tubes.","only_with":""}])");
  const auto all = manual_json(listing(), "");
  ASSERT_EQ(all.size(), 8U);
  EXPECT_EQ(all[2]["choices"], (nlohmann::ordered_json{"steam", "diesel", "electric"}));
  EXPECT_EQ(all[7]["path"], "wagons[].seats");
}

}  // namespace
}  // namespace lnsim
