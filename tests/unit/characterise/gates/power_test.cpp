// Expected energies are worked out from numbers quoted from osu018_stdcells.lib (tables in pJ there, at 0.025
// pF and 0.06 ns where nothing else is said; 1.8 V) or from small libraries written here.
#include "tools/characterise/gates/power.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>

#include "tests/unit/characterise/gates/gate_designs.h"
#include "tests/unit/characterise/gates/library_text.h"
#include "tests/unit/characterise/gates/netlist_text.h"
#include "tests/unit/characterise/gates/stimulus.h"

namespace lnsim::gates {
namespace {

constexpr double kHalfV2 = 1.8 * 1.8 / 2;
constexpr double kInverterPinFf = (9.32196 + 9.32456) / 2;
const TimingConditions kConditions{
    .input_slew_ps = 60, .clock_slew_ps = 60, .wire_ff_per_pin = 0, .output_port_ff = 25};

// One-bit inputs cycle by cycle, each cycle a letter per input in order of the ports.
Activity activity_of(const MappedDesign& design, const std::vector<std::string>& cycles) {
  GateSimulation simulation(design);
  for (const std::string& values : cycles) {
    std::size_t letter = 0;
    for (std::size_t port = 0; port < design.ports().size(); ++port) {
      if (!design.ports()[port].input || design.ports()[port].nets.front() == design.clock()) continue;
      const std::uint64_t value = values.at(letter++) == '1' ? 1 : 0;
      simulation.set_input(port, {&value, 1});
    }
    simulation.run_cycle();
  }
  return simulation.activity();
}

BlockEnergy energy_of(const MappedDesign& design, const Activity& activity,
                      const TimingConditions& conditions = kConditions) {
  return PowerModel(design, StaticTiming(design, conditions)).by_block(activity).at(0);
}

class PowerTest : public testing::Test {
 protected:
  const Library library_ = osu018();
};

TEST_F(PowerTest, of_an_inverter_is_its_load_and_its_table) {
  NetlistBuilder builder;
  builder.input("a").output("y").cell("i", "INVX1", {{"A", "a"}, {"Y", "y"}});
  const MappedDesign design = builder.design(library_);
  const Activity activity = activity_of(design, {"1", "0", "1", "1", "0"});  // y falls and rises twice
  const BlockEnergy energy = energy_of(design, activity);
  EXPECT_NEAR(energy.combinational_fj, 4 * kHalfV2 * 25 + 2 * 23.574 + 2 * 8.669, 1e-9);
  EXPECT_EQ(energy.sequential_fj, 0);
  EXPECT_EQ(energy.clock_fj, 0);
  EXPECT_DOUBLE_EQ(energy.dynamic_fj(), energy.combinational_fj);
  EXPECT_NEAR(energy.leakage_nw, 0.0221741, 1e-12);
  EXPECT_NEAR(PowerModel(design, StaticTiming(design, kConditions)).input_ports_fj(activity),
              4 * kHalfV2 * kInverterPinFf, 1e-9);
}

TEST_F(PowerTest, of_a_chain_reads_the_second_table_at_the_slew_of_the_first_output) {
  NetlistBuilder builder;
  builder.input("a").output("y");
  builder.cell("i", "INVX1", {{"A", "a"}, {"Y", "b"}}).cell("j", "INVX1", {{"A", "b"}, {"Y", "y"}});
  const MappedDesign design = builder.design(library_);
  TimingConditions conditions = kConditions;
  conditions.wire_ff_per_pin = 25 - kInverterPinFf;  // so that the first one drives 25 fF as well
  const BlockEnergy energy = energy_of(design, activity_of(design, {"1", "0"}), conditions);
  // b rises with 72 ps, a tenth of the way from 0.06 to 0.18 ns, and makes y fall; it falls with 60 ps.
  const double second = 23.574 + 8.669 + 0.1 * (6.332 - 8.669);
  EXPECT_NEAR(energy.combinational_fj, 4 * kHalfV2 * 25 + 23.574 + 8.669 + second, 1e-9);
}

TEST_F(PowerTest, of_a_nand_depends_on_the_input_that_causes_the_transition) {
  NetlistBuilder builder;
  builder.input("a").input("b").output("y").cell("n", "NAND2X1", {{"A", "a"}, {"B", "b"}, {"Y", "y"}});
  const MappedDesign design = builder.design(library_);
  const Activity before = activity_of(design, {"01"});  // nothing happens at y
  EXPECT_EQ(energy_of(design, before).combinational_fj, 0);
  const double load = kHalfV2 * 25;
  EXPECT_NEAR(energy_of(design, activity_of(design, {"01", "11"})).combinational_fj, load + 9.041,
              1e-9);  // A
  EXPECT_NEAR(energy_of(design, activity_of(design, {"10", "11"})).combinational_fj, load + 8.958,
              1e-9);  // B
  EXPECT_NEAR(energy_of(design, activity_of(design, {"11"})).combinational_fj, load + (9.041 + 8.958) / 2,
              1e-9);
  EXPECT_NEAR(energy_of(design, activity_of(design, {"11", "01"})).combinational_fj,
              2 * load + (9.041 + 8.958) / 2 + 45.658, 1e-9);
}

TEST_F(PowerTest, of_a_flip_flop_is_split_into_clock_and_data) {
  NetlistBuilder builder;
  builder.input("clk").input("d").output("q").cell("f", "DFFPOSX1", {{"D", "d"}, {"CLK", "clk"}, {"Q", "q"}});
  const MappedDesign design = builder.design(library_);
  // Four cycles: d rises and falls twice; q, a cycle later, rises twice and falls once.
  const BlockEnergy energy = energy_of(design, activity_of(design, {"1", "0", "1", "0"}));
  EXPECT_NEAR(energy.clock_fj, 8 * kHalfV2 * (27.9235 + 27.4634) / 2 + 4 * (6.865 + 110.34), 1e-9);
  EXPECT_NEAR(energy.sequential_fj, 3 * kHalfV2 * 25 + 2 * 40.99 + 60.938 + 2 * (45.424 + 88.41), 1e-9);
  EXPECT_EQ(energy.combinational_fj, 0);
}

TEST_F(PowerTest, leakage_is_the_sum_over_the_cells) {
  std::ifstream stream(OSU018_LIBERTY);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  std::map<std::string, double> leakage;
  static const std::regex cell(R"(cell \((\w+)\) \{[^{]*?cell_leakage_power : ([\d.]+);)");
  for (std::sregex_iterator match(text.begin(), text.end(), cell), end; match != end; ++match)
    leakage[match->str(1)] = std::stod(match->str(2));
  const MappedDesign design = gate_design("lns_lane", library_);
  double expected = 0;
  for (const Instance& instance : design.instances()) expected += leakage.at(instance.kind->cell->name);
  GateSimulation simulation(design);
  run(simulation, random_stimulus(design, 10, {}));
  double sum = 0;
  for (const BlockEnergy& block :
       PowerModel(design, StaticTiming(design, kConditions)).by_block(simulation.activity()))
    sum += block.leakage_nw;
  EXPECT_NEAR(sum / expected, 1, 1e-12);
}

TEST_F(PowerTest, of_the_blocks_adds_up_to_what_the_nets_and_arcs_of_all_cells_cost) {
  const MappedDesign design = gate_design("lns_lane", library_);
  const StaticTiming timing(design, kConditions);
  GateSimulation simulation(design);
  run(simulation, random_stimulus(design, 20, working_inputs()));
  const PowerModel model(design, timing);
  double blocks = 0, loads = 0;
  for (const BlockEnergy& block : model.by_block(simulation.activity())) blocks += block.dynamic_fj();
  // Without tables, what is left is 1/2 C V^2 of every net's transitions.
  Activity no_arcs = simulation.activity();
  std::fill(no_arcs.arcs.begin(), no_arcs.arcs.end(), 0);
  double no_tables = model.input_ports_fj(no_arcs);
  for (const BlockEnergy& block : model.by_block(no_arcs)) no_tables += block.dynamic_fj();
  for (NetId net = 0; net < design.nets(); ++net)
    loads += kHalfV2 * timing.load_ff(net) * static_cast<double>(no_arcs.rises[net] + no_arcs.falls[net]);
  EXPECT_NEAR(no_tables / loads, 1, 1e-9);
  EXPECT_GT(blocks, no_tables);
}

// Cells whose energies are powers of ten, so that each shows in the sum; pF V^2 is 1000 fJ.
const std::string kStates = R"lib(
  cell (NAND) {
    leakage_power () { when : "A & B"; value : 5; } leakage_power () { value : 3; }
    pin (A) { direction : input; capacitance : 0;
      internal_power () { when : "!B"; rise_power (scalar) { values ("1"); } fall_power (scalar) { values ("10"); } } }
    pin (B) { direction : input; capacitance : 0; }
    pin (Y) { direction : output; function : "!(A & B)";
      internal_power () { related_pin : "A"; when : "B"; power (scalar) { values ("100"); } }
      internal_power () { related_pin : "B"; power (scalar) { values ("1000"); } } }
  }
  cell (FLIPFLOP) {
    ff (IQ, IQN) { next_state : "D"; clocked_on : "CK"; }
    leakage_power () { when : "CK & Q"; value : 2; } leakage_power () { when : "!CK & Q"; value : 4; }
    leakage_power () { value : 1; }
    pin (D) { direction : input; capacitance : 0;
      internal_power () { when : "!CK"; power (scalar) { values ("100000"); } } }
    pin (CK) { direction : input; clock : true; capacitance : 0;
      internal_power () { when : "D & !Q"; rise_power (scalar) { values ("1"); } }
      internal_power () { when : "D & Q"; rise_power (scalar) { values ("10"); } } }
    pin (Q) { direction : output; function : "IQ";
      internal_power () { related_pin : "CK"; power (scalar) { values ("100"); } } }
    pin (QN) { direction : output; function : "IQN";
      internal_power () { related_pin : "CK"; power (scalar) { values ("1000"); } } }
  }
  cell (SLOW) {
    pin (A) { direction : input; capacitance : 0; }
    pin (Y) { direction : output; function : "A";
      timing () { related_pin : "A"; timing_sense : positive_unate;
        cell_rise (scalar) { values ("0.6"); } cell_fall (scalar) { values ("0.4"); } } }
  }
  cell (AND) {
    pin (A) { direction : input; capacitance : 0; } pin (B) { direction : input; capacitance : 0; }
    pin (Y) { direction : output; function : "A & B";
      internal_power () { related_pin : "A B"; when : "!A"; power (scalar) { values ("2"); } }
      internal_power () { related_pin : "A B"; when : "!B"; power (scalar) { values ("4"); } } }
  }
)lib";

class PowerStates : public testing::Test {
 protected:
  const Library library_ = library_of(kStates);
};

TEST_F(PowerStates, decide_which_group_of_a_pin_counts) {
  NetlistBuilder builder;
  builder.input("a").input("b").output("y").cell("n", "NAND", {{"A", "a"}, {"B", "b"}, {"Y", "y"}});
  const MappedDesign design = builder.design(library_);
  const auto energy = [&](const std::vector<std::string>& cycles) {
    return energy_of(design, activity_of(design, cycles), {}).combinational_fj / 1000;
  };
  EXPECT_NEAR(energy({"10"}), 1, 1e-9);                 // A rises while B is low
  EXPECT_NEAR(energy({"10", "00"}), 11, 1e-9);          // and falls
  EXPECT_NEAR(energy({"01"}), 0, 1e-9);                 // B has no group of its own
  EXPECT_NEAR(energy({"01", "11"}), 100, 1e-9);         // Y falls because of A
  EXPECT_NEAR(energy({"10", "11"}), 1001, 1e-9);        // because of B
  EXPECT_NEAR(energy({"10", "11", "01"}), 1101, 1e-9);  // and rises because of A
  const double leakage = energy_of(design, activity_of(design, {"11", "10", "00", "11"}), {}).leakage_nw;
  EXPECT_NEAR(leakage, 1000 * (5 + 3 + 3 + 5) / 4.0, 1e-9);
}

TEST_F(PowerStates, of_a_flip_flop_are_those_before_the_edge_and_include_the_unconnected_half) {
  NetlistBuilder builder;
  builder.input("ck").input("d").output("q").cell("f", "FLIPFLOP", {{"D", "d"}, {"CK", "ck"}, {"Q", "q"}});
  const MappedDesign design = builder.design(library_);
  // d rises after the first edge, the second edge takes it, the third finds it taken.
  const BlockEnergy energy = energy_of(design, activity_of(design, {"1", "1", "1"}), {});
  EXPECT_NEAR(energy.clock_fj / 1000, 1 + 10, 1e-9);
  EXPECT_NEAR(energy.sequential_fj / 1000, 100 + 1000, 1e-9);  // d moved while the clock was high
  EXPECT_NEAR(energy.leakage_nw, 1000 * (1 + 3 + 3) / 3.0,
              1e-9);  // half of each cycle per level of the clock
}

TEST_F(PowerStates, of_a_late_input_of_a_flip_flop_find_the_clock_low) {
  NetlistBuilder builder;
  builder.input("ck").input("a").output("q");
  builder.cell("s", "SLOW", {{"A", "a"}, {"Y", "d"}})
      .cell("f", "FLIPFLOP", {{"D", "d"}, {"CK", "ck"}, {"Q", "q"}});
  const MappedDesign design = builder.design(library_);
  const StaticTiming timing(design, {});
  GateSimulation simulation(design, timing, 1000);
  const auto data = [&](std::uint64_t a) {
    simulation.clear_activity();
    simulation.set_input(design.port("a"), {&a, 1});
    simulation.run_cycle();
    return PowerModel(design, timing).by_block(simulation.activity()).at(0).sequential_fj / 1000;
  };
  EXPECT_NEAR(data(1), 100000, 1e-9);  // d rises at 600 ps, after the clock has fallen
  EXPECT_NEAR(data(0), 1100, 1e-9);    // and falls at 400 ps, before; q and its complement take the one
}

TEST_F(PowerStates, without_a_group_take_the_mean_of_the_input_s_groups) {
  NetlistBuilder builder;
  builder.input("a").input("b").output("y").cell("n", "AND", {{"A", "a"}, {"B", "b"}, {"Y", "y"}});
  const MappedDesign design = builder.design(library_);
  EXPECT_NEAR(energy_of(design, activity_of(design, {"10", "11"}), {}).combinational_fj, 3000, 1e-9);
}

}  // namespace
}  // namespace lnsim::gates
