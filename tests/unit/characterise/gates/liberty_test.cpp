#include "tools/characterise/gates/liberty.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>
#include <iterator>

#include "tests/unit/characterise/gates/gate_designs.h"
#include "tests/unit/characterise/gates/library_text.h"

namespace lnsim::gates {
namespace {

const std::string kInverter = R"(
  lu_table_template (slew_first) {
    variable_1 : input_net_transition; variable_2 : total_output_net_capacitance;
    index_1 ("1, 2"); index_2 ("10, 20, 30");
  }
  power_lut_template (load_first) {
    variable_1 : total_output_net_capacitance; variable_2 : input_transition_time;
    index_1 ("10, 20, 30"); index_2 ("1, 2");
  }
  cell (INV) {
    area : 3.5 ; cell_leakage_power : 2;
    leakage_power () { when : "!A"; value : 1.5; }
    pin (A) { direction : input; capacitance : 0.5; }
    pin (Y) {
      direction : output; function : "!A";
      timing () {
        related_pin : "A"; timing_sense : negative_unate;
        cell_rise (slew_first) { values ("1, 2, 3", \
                                         "4, 5, 6"); }
      }
      internal_power () {
        related_pin : "A";
        rise_power (load_first) { index_1 ("10, 20, 40"); values ("1, 2", "3, 4", "5, 6"); }
        fall_power (scalar) { values ("7"); }
      }
    }
  }
)";

TEST(Liberty, is_read_into_ps_fF_fJ_and_nW) {
  const Library library = library_of(kInverter);
  EXPECT_EQ(library.names, std::vector<std::string>{"test"});
  EXPECT_DOUBLE_EQ(library.voltage, 1);
  EXPECT_DOUBLE_EQ(library.temperature_c, 25);
  const Cell& cell = library.cells.at("INV");
  EXPECT_DOUBLE_EQ(cell.area, 3.5);
  EXPECT_DOUBLE_EQ(cell.cell_leakage_nw.value(), 2000);
  EXPECT_DOUBLE_EQ(cell.leakage.at(0).nw, 1500);
  EXPECT_DOUBLE_EQ(cell.find_pin("A")->capacitance_ff, 500);
  const Pin& y = *cell.find_pin("Y");
  const LookupTable& delay = y.timing.at(0).rise_ps;
  EXPECT_EQ(delay.slews_ps, (std::vector<double>{1000, 2000}));
  EXPECT_EQ(delay.loads_ff, (std::vector<double>{10000, 20000, 30000}));
  EXPECT_DOUBLE_EQ(delay.at(2000, 10000), 4000);
}

TEST(Liberty, tables_may_name_the_load_first_and_points_of_their_own) {
  const Library library = library_of(kInverter);
  const InternalPower& power = library.cells.at("INV").find_pin("Y")->internal_power.at(0);
  EXPECT_EQ(power.rise_fj.loads_ff, (std::vector<double>{10000, 20000, 40000}));
  EXPECT_DOUBLE_EQ(power.rise_fj.at(1000, 20000), 3000);  // 3 pF V^2
  EXPECT_DOUBLE_EQ(power.rise_fj.at(2000, 40000), 6000);
  EXPECT_DOUBLE_EQ(power.fall_fj.at(123, 456), 7000);
}

TEST(Liberty, energy_is_in_units_of_load_times_voltage_squared) {
  const Library library = read_library(R"(library (l) {
    time_unit : "10ps"; capacitive_load_unit (2, ff); voltage_unit : "100mV"; leakage_power_unit : "10pW";
    nom_voltage : 7; nom_temperature : 25; default_cell_leakage_power : 3;
    cell (C) { pin (A) { direction : input; rise_capacitance : 1; fall_capacitance : 2; capacitance : 9;
      internal_power () { power (scalar) { values ("5"); } } } } })");
  EXPECT_DOUBLE_EQ(library.voltage, 0.7);
  EXPECT_DOUBLE_EQ(library.default_leakage_nw, 0.03);
  const Pin& pin = *library.cells.at("C").find_pin("A");
  EXPECT_DOUBLE_EQ(pin.capacitance_ff, 3);  // the mean of rise and fall
  EXPECT_DOUBLE_EQ(pin.internal_power.at(0).rise_fj.at(0, 0), 5 * 2 * 0.01);
  EXPECT_DOUBLE_EQ(pin.internal_power.at(0).fall_fj.at(0, 0), 5 * 2 * 0.01);
}

TEST(Liberty, what_flows_into_ground_is_not_counted_again) {
  const Library library = library_of(R"(cell (C) {
    pg_pin (VDD) { pg_type : primary_power; } pg_pin (VSS) { pg_type : primary_ground; }
    leakage_power () { related_pg_pin : VDD; value : 1; } leakage_power () { related_pg_pin : "VSS"; value : 2; }
    pin (A) { direction : input; capacitance : 1;
      internal_power () { related_pg_pin : VSS; power (scalar) { values ("5"); } }
      internal_power () { related_pg_pin : VDD; power (scalar) { values ("4"); } } } })");
  const Cell& cell = library.cells.at("C");
  ASSERT_EQ(cell.leakage.size(), 1U);
  EXPECT_DOUBLE_EQ(cell.leakage[0].nw, 1000);
  ASSERT_EQ(cell.find_pin("A")->internal_power.size(), 1U);
  EXPECT_DOUBLE_EQ(cell.find_pin("A")->internal_power[0].rise_fj.at(0, 0), 4000);
}

TEST(Liberty, gzip_is_read_as_it_is) {
  const ScratchFile plain("library (l) {" + kHeader + kInverter + "}");
  const std::filesystem::path packed = plain.path().string() + ".gz";
  std::ifstream stream(plain.path());
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  gzFile file = gzopen(packed.c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  EXPECT_EQ(read_liberty({&packed, 1}).cells.count("INV"), 1U);
  std::filesystem::remove(packed);
}

// Cells of a file, counted by the lines that begin with `cell (`.
std::size_t headings(const std::filesystem::path& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  std::string line(1 << 20, '\0');
  std::size_t count = 0;
  while (gzgets(file, line.data(), static_cast<int>(line.size())) != nullptr) {
    std::string start = std::string(line.c_str()).substr(0, 40);
    std::erase_if(start, [](char c) { return c == ' ' || c == '\t'; });
    count += start.rfind("cell(", 0) == 0 ? 1 : 0;
  }
  gzclose(file);
  return count;
}

TEST(Liberty, of_osu018_is_read_whole) {
  const Library library = osu018();
  EXPECT_EQ(library.cells.size(), headings(OSU018_LIBERTY));
  EXPECT_DOUBLE_EQ(library.voltage, 1.8);
  EXPECT_EQ(library.operating_conditions, "typical");
  const Cell& flip_flop = library.cells.at("DFFPOSX1");
  EXPECT_NEAR(flip_flop.cell_leakage_nw.value(), 0.160725, 1e-12);
  EXPECT_NEAR(flip_flop.find_pin("CLK")->capacitance_ff, (27.9235 + 27.4634) / 2, 1e-9);
  EXPECT_TRUE(flip_flop.find_pin("CLK")->clock);
  EXPECT_EQ(flip_flop.flip_flop->state, "DS0000");
}

std::vector<std::filesystem::path> shared_libraries(const std::string& start) {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path folder = std::filesystem::path(LNSIM_SOURCE_DIR) / "../shared/data/liberty";
  if (!std::filesystem::exists(folder)) return files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().filename().string().rfind(start, 0) == 0) files.push_back(entry.path());
  }
  return files;
}

TEST(Liberty, of_asap7_and_nangate45_is_read_whole) {
  for (const auto& [start, voltage] : {std::pair("asap7", 0.7), std::pair("nangate45", 1.1)}) {
    const std::vector<std::filesystem::path> files = shared_libraries(start);
    if (files.empty()) GTEST_SKIP() << "no " << start << " library in ../shared/data/liberty";
    const Library library = read_liberty(files);
    std::size_t cells = 0;
    for (const auto& file : files) cells += headings(file);
    EXPECT_EQ(library.cells.size(), cells);
    EXPECT_DOUBLE_EQ(library.voltage, voltage);
  }
}

TEST(Liberty, says_where_and_what_is_wrong) {
  const std::string start = "library (l) {" + kHeader;  // four lines
  EXPECT_EQ(complaint_about(""), ":1: got the end of the file, expected a name or a value");
  EXPECT_EQ(complaint_about("cell (A) {}"), ":1: got the end of the file, expected a group `library`");
  EXPECT_EQ(complaint_about("library (l) {\n a : 1;\n"),
            ":3: got the end of the file, expected a name or a value");
  EXPECT_EQ(complaint_about("library (l) {\n a 1;\n}"), ":2: got `1`, expected `(`");
  EXPECT_EQ(complaint_about("library (l) {\n a (\"1);\n}"), ":2: got `\"`, expected the end of this string");
  EXPECT_EQ(complaint_about("library (l) {\n /* a }\n"), ":2: got `/*`, expected the end of this comment");
  EXPECT_EQ(complaint_about("library (l) {}"), ":1: time_unit: got nothing, expected a time such as \"1ns\"");
  EXPECT_EQ(complaint_about("library (l) {\ntime_unit : \"1 parsec\";}"),
            ":2: time_unit: got 1 parsec, expected a time such as \"1ns\"");
  EXPECT_EQ(complaint_about(start + "cell (A) { area : wide; } }"), ":4: area: got wide, expected a number");
  EXPECT_EQ(complaint_about(start + "cell (A) {\n pin (B) { direction : up; } } }"),
            ":5: A.B.direction: got up, expected input, output, inout or internal");
  EXPECT_EQ(complaint_about(start + "cell (A) {\n pin (B) { direction : input; } } }"),
            ":5: A.B.capacitance: got nothing, expected a number");
  EXPECT_EQ(complaint_about(start + "cell (A) { }\ncell (A) { } }").substr(0, 39),
            ":5: cell: got A, expected no cell twice");
  EXPECT_EQ(complaint_about(start + "cell (A) { pin (Y) { direction : output; function : \"(A\"; } } }"),
            ":4: function (A: got the end, expected `)`");
  const std::string power = "pin (B) { direction : input; capacitance : 1; internal_power () {\n rise_power ";
  EXPECT_EQ(complaint_about(start + "cell (A) { " + power + "(none) { values (\"1\"); } } } } }"),
            ":5: A.rise_power: got none, expected the name of a table template");
  EXPECT_EQ(complaint_about(start + "cell (A) { " + power + "(scalar) { values (\"1, 2\"); } } } } }"),
            ":5: A.rise_power: got 2 values, expected 1 x 1");
  const std::string layout =
      "lu_table_template (t) { variable_1 : input_net_transition; index_1 (\"2, 1\"); }";
  EXPECT_EQ(complaint_about(start + layout + "cell (A) { " + power + "(t) { values (\"1, 2\"); } } } } }"),
            ":5: A.rise_power: got points that do not ascend, expected ascending points");
}

TEST(Liberty, of_several_files_must_agree) {
  const ScratchFile one("library (one) {" + kHeader + "}");
  const std::filesystem::path other = one.path().string() + ".other";
  std::ofstream(other)
      << "library (two) { nom_voltage : 0.9; nom_temperature : 25; time_unit : \"1ps\";"
         "capacitive_load_unit (1, ff); voltage_unit : \"1V\"; leakage_power_unit : \"1pW\"; }";
  const std::vector<std::filesystem::path> files{one.path(), other};
  try {
    read_liberty(files);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(error.what(),
              other.generic_string() + ":1: nom_voltage: got 0.9, expected 1, as in the files before");
  }
  std::filesystem::remove(other);
}

}  // namespace
}  // namespace lnsim::gates
