#include "tools/characterise/gates/gate_simulation.h"

#include <gtest/gtest.h>

#include "tests/unit/characterise/gates/gate_designs.h"
#include "tests/unit/characterise/gates/netlist_text.h"
#include "tests/unit/characterise/gates/stimulus.h"

namespace lnsim::gates {
namespace {

class GateSimulationTest : public testing::Test {
 protected:
  // Sets one-bit ports and runs a cycle.
  static void cycle(GateSimulation& simulation, const MappedDesign& design,
                    const std::vector<std::pair<std::string, std::uint64_t>>& values) {
    for (const auto& [port, value] : values) simulation.set_input(design.port(port), {&value, 1});
    simulation.run_cycle();
  }
  static bool bit(const GateSimulation& simulation, const MappedDesign& design, const std::string& port) {
    return simulation.port_value(design.port(port)).front() != 0;
  }

  const Library library_ = osu018();
};

TEST_F(GateSimulationTest, a_flip_flop_shows_an_input_one_cycle_later) {
  NetlistBuilder builder;
  builder.input("clk").input("d").output("q").cell("f", "DFFPOSX1", {{"D", "d"}, {"CLK", "clk"}, {"Q", "q"}});
  const MappedDesign design = builder.design(library_);
  const StaticTiming timing(design, fanout_of_four(library_));
  for (const bool delays : {false, true}) {
    GateSimulation simulation = delays ? GateSimulation(design, timing, 5000) : GateSimulation(design);
    const bool inputs[] = {true, true, false, true, false};
    const bool expected[] = {false, true, true, false, true};
    for (int i = 0; i < 5; ++i) {
      cycle(simulation, design, {{"d", inputs[i]}});
      EXPECT_EQ(bit(simulation, design, "q"), expected[i]) << i;
    }
    EXPECT_EQ(simulation.activity().cycles, 5U);
    EXPECT_EQ(simulation.activity().rises[design.clock()], 5U);
    EXPECT_EQ(simulation.activity().falls[design.clock()], 5U);
  }
}

TEST_F(GateSimulationTest, clear_and_preset_act_at_once) {
  NetlistBuilder builder;
  builder.input("clk").input("d").input("r").input("s").output("q");
  builder.cell("f", "DFFSR", {{"D", "d"}, {"CLK", "clk"}, {"R", "r"}, {"S", "s"}, {"Q", "q"}});
  const MappedDesign design = builder.design(library_);
  const StaticTiming timing(design, fanout_of_four(library_));
  for (const bool delays : {false, true}) {
    GateSimulation simulation = delays ? GateSimulation(design, timing, 5000) : GateSimulation(design);
    cycle(simulation, design, {{"d", 0}, {"r", 1}, {"s", 1}});
    EXPECT_FALSE(bit(simulation, design, "q"));
    cycle(simulation, design, {{"s", 0}});  // both are active low
    EXPECT_TRUE(bit(simulation, design, "q"));
    cycle(simulation, design, {});
    EXPECT_TRUE(bit(simulation, design, "q"));
    cycle(simulation, design, {{"s", 1}, {"r", 0}});
    EXPECT_FALSE(bit(simulation, design, "q"));
    cycle(simulation, design, {{"r", 1}, {"d", 1}});
    cycle(simulation, design, {});
    EXPECT_TRUE(bit(simulation, design, "q"));
  }
}

// y = a NAND b, where b is a through `inverters` inverters, so that y is always 1 but for a race when a
// rises.
NetlistBuilder race(int inverters) {
  NetlistBuilder builder;
  builder.input("a").output("y");
  std::string last = "a";
  for (int i = 0; i < inverters; ++i) {
    const std::string next = "b" + std::to_string(i);
    builder.cell("i" + std::to_string(i), "INVX1", {{"A", last}, {"Y", next}});
    last = next;
  }
  builder.cell("n", "NAND2X1", {{"A", "a"}, {"B", last}, {"Y", "y"}});
  return builder;
}

TEST_F(GateSimulationTest, glitches_only_with_delays_and_only_when_they_are_longer_than_the_gate) {
  for (const int inverters : {1, 3}) {
    NetlistBuilder builder = race(inverters);
    const NetId y = builder.net("y");
    const MappedDesign design = builder.design(library_);
    TimingConditions conditions = fanout_of_four(library_);
    conditions.output_port_ff = 50;
    const StaticTiming timing(design, conditions);
    double path = 0;  // of the rising a through the inverters
    for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(inverters); ++i)
      path += i % 2 == 0 ? timing.delay(i, 0, 0).fall_ps : timing.delay(i, 0, 0).rise_ps;
    const double gate = timing.delay(static_cast<std::uint32_t>(inverters), 0, 0).fall_ps;
    ASSERT_EQ(path > gate, inverters == 3);

    GateSimulation without(design), with(design, timing, 2000);
    for (const std::uint64_t a : {1U, 0U, 1U, 0U}) {
      cycle(without, design, {{"a", a}});
      cycle(with, design, {{"a", a}});
    }
    EXPECT_EQ(without.activity().falls[y], 0U);
    EXPECT_EQ(with.activity().falls[y], path > gate ? 2U : 0U);
    EXPECT_EQ(with.activity().rises[y], with.activity().falls[y]);
  }
}

TEST_F(GateSimulationTest, ends_in_the_same_values_with_and_without_delays) {
  const MappedDesign design = gate_design("lns_lane", library_);
  const StaticTiming timing(design, fanout_of_four(library_));
  const Stimulus stimulus = random_stimulus(design, 50, working_inputs());
  GateSimulation without(design), with(design, timing, timing.critical_path_ps());
  run(without, stimulus);
  run(with, stimulus);
  for (NetId net = 0; net < design.nets(); ++net)
    EXPECT_EQ(without.value(net), with.value(net)) << design.net_names()[net];
}

TEST_F(GateSimulationTest, counts_anew_after_clearing) {
  NetlistBuilder builder = race(1);
  const MappedDesign design = builder.design(library_);
  GateSimulation simulation(design);
  cycle(simulation, design, {{"a", 1}});
  EXPECT_EQ(simulation.activity().rises[builder.net("a")], 1U);
  simulation.clear_activity();
  EXPECT_EQ(simulation.activity().cycles, 0U);
  cycle(simulation, design, {});
  EXPECT_EQ(simulation.activity().rises[builder.net("a")], 0U);
  EXPECT_TRUE(simulation.value(builder.net("a")));  // held
}

TEST_F(GateSimulationTest, refuses_delays_that_no_gate_has) {
  NetlistBuilder builder = race(1);
  const MappedDesign design = builder.design(library_);
  TimingConditions conditions = fanout_of_four(library_);
  conditions.output_port_ff = 1e7;
  const StaticTiming timing(design, conditions);
  EXPECT_THROW(GateSimulation(design, timing, timing.critical_path_ps()), UserError);
  EXPECT_NO_THROW(GateSimulation{design});
}

TEST_F(GateSimulationTest, refuses_a_period_that_is_too_short_and_the_clock_as_data) {
  const MappedDesign design = gate_design("int_dot", library_);
  const StaticTiming timing(design, fanout_of_four(library_));
  try {
    GateSimulation simulation(design, timing, 10);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(std::string(error.what()).substr(0, 63),
              "int_dot: got a period of 10 ps, expected at least the critical ");
  }
  GateSimulation simulation(design);
  EXPECT_THROW(simulation.set_input(design.port("clk"), {}), ModelError);
}

}  // namespace
}  // namespace lnsim::gates
