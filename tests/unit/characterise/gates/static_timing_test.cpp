// Expected times are worked out from numbers quoted from osu018_stdcells.lib: in ns over pF there.
#include "tools/characterise/gates/static_timing.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include "tests/unit/characterise/gates/gate_designs.h"
#include "tests/unit/characterise/gates/netlist_text.h"
#include "tools/characterise/gates/sdf.h"

namespace lnsim::gates {
namespace {

constexpr double kInverterPinFf = (9.32196 + 9.32456) / 2;  // INVX1.A

class StaticTimingTest : public testing::Test {
 protected:
  // Two inverters that drive 25 fF each, a point of the tables.
  MappedDesign chain() const {
    NetlistBuilder builder;
    builder.input("a").output("y");
    builder.cell("u.first", "INVX1", {{"A", "a"}, {"Y", "b"}})
        .cell("second", "INVX1", {{"A", "b"}, {"Y", "y"}});
    return builder.design(library_);
  }
  static TimingConditions conditions() {
    return {.input_slew_ps = 60,
            .clock_slew_ps = 60,
            .wire_ff_per_pin = 25 - kInverterPinFf,
            .output_port_ff = 25};
  }

  const Library library_ = osu018();
};

TEST_F(StaticTimingTest, of_two_inverters_is_the_sum_of_two_table_entries) {
  const MappedDesign design = chain();
  const StaticTiming timing(design, conditions());
  const NetId b = design.instances()[0].outputs[0], y = design.instances()[1].outputs[0];
  EXPECT_DOUBLE_EQ(timing.load_ff(b), 25);
  EXPECT_DOUBLE_EQ(timing.load_ff(y), 25);
  EXPECT_NEAR(timing.slew(b).rise_ps, 72.0, 1e-9);  // rise_transition at 0.025 pF, 0.06 ns
  EXPECT_NEAR(timing.slew(b).fall_ps, 60.0, 1e-9);
  EXPECT_DOUBLE_EQ(timing.delay(0, 0, 0).rise_ps, 74.0);  // 0.07402
  EXPECT_DOUBLE_EQ(timing.delay(0, 0, 0).fall_ps, 64.4);  // 0.064368
  // The second one falls after a slew of 72 ps, a tenth of the way from 0.06 to 0.18 ns:
  // 0.064368 + 0.1 (0.091076 - 0.064368) = 0.0670388.
  EXPECT_DOUBLE_EQ(timing.delay(1, 0, 0).fall_ps, 67.0);
  EXPECT_DOUBLE_EQ(timing.delay(1, 0, 0).rise_ps, 74.0);
  EXPECT_NEAR(timing.critical_path_ps(), 74.0 + 67.0, 1e-9);  // a falls, b rises, y falls
  ASSERT_EQ(timing.critical_path().size(), 2U);
  EXPECT_EQ(timing.critical_path()[0].instance, "u.first");
  EXPECT_EQ(timing.critical_path()[0].block, "u");
  EXPECT_NEAR(timing.critical_path()[0].arrival_ps, 74.0, 1e-9);
  EXPECT_EQ(timing.critical_path()[1].net, "y");
  EXPECT_NEAR(timing.block_arrival_ps()[0], 74.0, 1e-9);
}

TEST_F(StaticTimingTest, holds_the_setup_time_of_flip_flops) {
  NetlistBuilder builder;
  builder.input("clk").input("d").output("q").cell("f", "DFFPOSX1", {{"D", "d"}, {"CLK", "clk"}, {"Q", "q"}});
  const MappedDesign design = builder.design(library_);
  TimingConditions slow_clock = conditions();
  slow_clock.clock_slew_ps = 300;
  const StaticTiming timing(design, slow_clock);
  // setup_rising, clock 0.3 ns, D 0.06 ns: 0.2 to rise, 0.29375 to fall; more than the way from the clock to
  // Q.
  EXPECT_NEAR(timing.critical_path_ps(), 293.75, 1e-9);
}

TEST_F(StaticTimingTest, goes_only_where_tied_inputs_let_transitions_through) {
  NetlistBuilder builder;
  builder.input("a").output("sum").output("carry");
  builder.cell("f", "FAX1", {{"A", "a"}, {"B", "0"}, {"C", "0"}, {"YS", "sum"}, {"YC", "carry"}});
  builder.cell("i", "INVX1", {{"A", "carry"}, {"Y", "never"}}).output("never");
  const MappedDesign design = builder.design(library_);
  const StaticTiming timing(design, conditions());
  const std::size_t carry = design.instances()[0].kind->outputs[0]->name == "YC" ? 0 : 1;
  EXPECT_EQ(timing.delay(0, 0, carry).rise_ps, 0);
  EXPECT_EQ(timing.delay(1, 0, 0).rise_ps, 0);
  EXPECT_GT(timing.delay(0, 0, 1 - carry).rise_ps, 0);
  EXPECT_EQ(timing.critical_path().size(), 1U);
}

// Data arrival and setup time of the longest path, in ps, with an ideal clock.
double opensta_critical_path_ps(const std::string& top, double slew_ps) {
  const std::filesystem::path script = std::filesystem::path(testing::TempDir()) / (top + ".tcl");
  std::ofstream(script) << fmt::format(
      "read_liberty {}\nread_verilog {}\nlink_design {}\ncreate_clock -name c -period 1000 clk\n"
      "set_input_delay 0 -clock c [all_inputs]\nset_output_delay 0 -clock c [all_outputs]\n"
      "set_input_transition {} [all_inputs]\nset_clock_transition {} [get_clocks c]\n"
      "report_checks -path_delay max -digits 5\n",
      OSU018_LIBERTY, gate_design_file(top + ".v").string(), top, slew_ps / 1000, slew_ps / 1000);
  const std::string log = script.string() + ".log";
  EXPECT_EQ(std::system(fmt::format("sta -no_splash -exit {} > {} 2>&1", script.string(), log).c_str()), 0);
  std::ifstream stream(log);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  std::smatch arrival, setup;
  EXPECT_TRUE(std::regex_search(text, arrival, std::regex(R"(([\d.]+)\s+data arrival time)"))) << text;
  EXPECT_TRUE(std::regex_search(text, setup, std::regex(R"(-([\d.]+)\s+[\d.]+\s+library setup time)")))
      << text;
  return 1000 * (std::stod(arrival.str(1)) + std::stod(setup.str(1)));
}

TEST_F(StaticTimingTest, agrees_with_opensta) {
  const TimingConditions slews = fanout_of_four(library_);
  for (const char* top : {"int_dot", "lns_lane"}) {
    const MappedDesign design = gate_design(top, library_);
    // Not to the digit: OpenSTA takes a pin's capacitance by direction, we the mean of both.
    EXPECT_NEAR(
        StaticTiming(design, slews).critical_path_ps() / opensta_critical_path_ps(top, slews.input_slew_ps),
        1, 0.003)
        << top;
  }
}

TEST_F(StaticTimingTest, area_is_the_sum_of_the_cells) {
  EXPECT_EQ(area_by_block(chain()), (std::vector<double>{16, 16}));
}

TEST_F(StaticTimingTest, is_written_as_sdf) {
  NetlistBuilder builder;
  builder.input("clk").input("a").output("q");
  builder.cell("u.n$1", "NAND2X1", {{"A", "a"}, {"B", "1"}, {"Y", "d"}});
  builder.cell("f", "DFFPOSX1", {{"D", "d"}, {"CLK", "clk"}, {"Q", "q"}});
  const MappedDesign design = builder.design(library_);
  const StaticTiming timing(design, conditions());
  // NAND2X1.A to Y and CLK to Q at 0.06 ns; D and the wire to it make 8.81974 + 15.67674 fF, so that Y's load
  // lies between points.
  const RiseFall& gate = timing.delay(0, 0, 0);
  const std::string expected = fmt::format(R"((DELAYFILE
(SDFVERSION "3.0")
(DESIGN "top")
(DIVIDER /)
(VOLTAGE 1.8)
(TEMPERATURE 25)
(TIMESCALE 1ps)
(CELL (CELLTYPE "NAND2X1") (INSTANCE u\.n\$1)
 (DELAY (ABSOLUTE
  (IOPATH A Y ({:.1f}) ({:.1f}))
 )))
(CELL (CELLTYPE "DFFPOSX1") (INSTANCE f)
 (DELAY (ABSOLUTE
  (IOPATH (posedge CLK) Q (118.0) (186.9))
 )))
)
)",
                                           gate.rise_ps, gate.fall_ps);
  EXPECT_EQ(sdf_text(design, timing), expected);
}

TEST_F(StaticTimingTest, slews_of_a_library_without_inverters_are_unknown) {
  EXPECT_THROW(fanout_of_four(Library{}), UserError);
}

}  // namespace
}  // namespace lnsim::gates
