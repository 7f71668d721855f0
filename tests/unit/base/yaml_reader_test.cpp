#include "sim/base/yaml_reader.h"

#include <gtest/gtest.h>

#include "tests/unit/base/sample_parameters.h"
#include "tests/unit/base/scratch_file.h"

namespace lnsim {
namespace {

Train read_train(std::string_view text) {
  const ScratchFile file(text);
  const YamlDocument document = read_yaml(file.path());
  YamlReport report(document);
  Train train;
  read_parameters(document, train, report);
  report.throw_if_any();
  return train;
}

// The messages without the file's name in front.
std::string complaint(std::string_view text) {
  try {
    read_train(text);
  } catch (const UserError& error) {
    std::string all;
    for (Diagnostic diagnostic : error.diagnostics()) {
      diagnostic.position.file = "f";
      all += diagnostic.message() + "\n";
    }
    return all;
  }
  return "";
}

TEST(YamlReader, keeps_defaults_for_keys_that_are_not_there) {
  const Train train = read_train("name: Rocket\n");
  EXPECT_EQ(train.name, "Rocket");
  EXPECT_TRUE(train.brakes);
  EXPECT_EQ(train.engine, Engine::steam);
  EXPECT_EQ(train.boiler.pressure_bar, 12.5);
  EXPECT_TRUE(train.wagons.empty());
}

TEST(YamlReader, reads_every_kind_of_value) {
  const Train train = read_train(
      "engine: diesel\ngears: -1\npower_mw: 2.5\nbrakes: false\nname: 1829\nwagons: [{seats: 0}, {}, {seats: "
      "200}]\n");
  EXPECT_EQ(train.engine, Engine::diesel);
  EXPECT_EQ(train.gears, -1);
  EXPECT_EQ(train.power_mw, 2.5);
  EXPECT_FALSE(train.brakes);
  EXPECT_EQ(train.name, "1829");
  ASSERT_EQ(train.wagons.size(), 3U);
  EXPECT_EQ(train.wagons[0].seats, 0);
  EXPECT_EQ(train.wagons[1].seats, 40);
  EXPECT_EQ(train.wagons[2].seats, 200);
}

TEST(YamlReader, takes_the_ends_of_a_range_and_nothing_beyond) {
  EXPECT_EQ(read_train("boiler: {tubes: 16}").boiler.tubes, 16U);
  EXPECT_EQ(read_train("boiler: {tubes: 256}").boiler.tubes, 256U);
  EXPECT_EQ(complaint("boiler: {tubes: 8}"),
            "f:1:17: boiler.tubes: got 8, expected a power of two from 16 to 256 (tubes)\n");
  EXPECT_EQ(complaint("boiler: {tubes: 17}"),
            "f:1:17: boiler.tubes: got 17, expected a power of two from 16 to 256 (tubes)\n");
  EXPECT_EQ(complaint("boiler: {pressure_bar: 30.5}"),
            "f:1:24: boiler.pressure_bar: got 30.5, expected a number from 1 to 30 (bar)\n");
}

TEST(YamlReader, reports_all_mistakes_of_a_file_in_file_order) {
  EXPECT_EQ(complaint("wagons: [{seats: -1}]\nbrakes: maybe\nnam: x\nboiler: {tubes: x}\nbrakes: true\n"),
            "f:1:18: wagons[0].seats: got -1, expected an integer from 0 to 200 (seats)\n"
            "f:2:9: brakes: got maybe, expected true or false\n"
            "f:3:1: nam: got an unknown key, expected a known one: did you mean name?\n"
            "f:4:17: boiler.tubes: got x, expected a power of two from 16 to 256 (tubes)\n"
            "f:5:1: brakes: got this key a second time, expected it once (first in line 2)\n");
}

TEST(YamlReader, says_under_which_condition_a_key_would_exist) {
  EXPECT_EQ(complaint("engine: electric\nboiler: {tubes: 64}\npower_mw: 1\ngears: 3\n"),
            "f:2:1: boiler: got a key that does not apply here, expected it only with engine: steam\n"
            "f:4:1: gears: got a key that does not apply here, expected it only with engine: diesel\n");
  EXPECT_EQ(
      complaint("gears: 3\n"),
      "f:1:1: gears: got a key that does not apply here, expected it only with engine: diesel or electric\n");
}

TEST(YamlReader, says_nothing_about_conditional_keys_when_the_choice_itself_is_wrong) {
  EXPECT_EQ(complaint("engine: stem\nboiler: 5\ngears: x\n"),
            "f:1:9: engine: got stem, expected one of steam, diesel, electric: did you mean steam?\n");
  EXPECT_EQ(complaint("engine: [steam]\n"),
            "f:1:9: engine: got a list, expected one of steam, diesel, electric\n");
}

TEST(YamlReader, explains_units_that_are_written_with_the_value) {
  EXPECT_EQ(complaint("boiler: {pressure_bar: 12 bar}"),
            "f:1:24: boiler.pressure_bar: got 12 bar, expected a number from 1 to 30 (bar), written without "
            "the unit\n");
  EXPECT_EQ(complaint("engine: diesel\ngears: 6th\n"),
            "f:2:8: gears: got 6th, expected an integer from -1 to 12, a bare number\n");
  EXPECT_EQ(complaint("boiler: {tubes: 6e1}"),
            "f:1:17: boiler.tubes: got 6e1, expected a power of two from 16 to 256 (tubes)\n");
}

TEST(YamlReader, tells_what_kind_of_thing_stands_where_another_belongs) {
  EXPECT_EQ(complaint("name: {a: b}\nwagons: 3\nboiler:\n"),
            "f:1:7: name: got a map, expected text\n"
            "f:2:9: wagons: got 3, expected a list of maps\n"
            "f:3:1: boiler: got nothing, expected a map of keys\n");
  EXPECT_EQ(complaint("[1]"), "f:1:1: got a list, expected a map of keys\n");
}

}  // namespace
}  // namespace lnsim
