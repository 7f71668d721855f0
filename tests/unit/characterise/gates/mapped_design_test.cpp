#include "tools/characterise/gates/mapped_design.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/characterise/gates/gate_designs.h"
#include "tests/unit/characterise/gates/netlist_text.h"

namespace lnsim::gates {
namespace {

class MappedDesignTest : public testing::Test {
 protected:
  std::string complaint(const NetlistBuilder& builder) const {
    try {
      const MappedDesign design = builder.design(library_);
      return "";
    } catch (const UserError& error) {
      return error.what();
    }
  }
  static NetlistBuilder ports() { return NetlistBuilder().input("clk").input("a").output("y"); }

  const Library library_ = osu018();
};

TEST_F(MappedDesignTest, orders_cells_behind_their_drivers) {
  const MappedDesign design = gate_design("lns_lane", library_);
  std::vector<bool> settled(design.nets(), false);
  settled[kConstantZero] = settled[kConstantOne] = true;
  for (const NetlistPort& port : design.ports()) {
    for (const NetId net : port.nets) settled[net] = settled[net] || port.input;
  }
  for (const Instance& instance : design.instances()) {
    for (const NetId net : instance.outputs) settled[net] = settled[net] || instance.kind->flip_flop;
  }
  EXPECT_EQ(design.order().size(), design.instances().size());
  for (const std::uint32_t index : design.order()) {
    const Instance& instance = design.instances()[index];
    if (instance.kind->flip_flop) continue;
    for (const NetId net : instance.inputs) EXPECT_TRUE(settled[net]) << instance.name;
    for (const NetId net : instance.outputs) settled[net] = true;
  }
}

TEST_F(MappedDesignTest, gives_unconnected_outputs_nets_of_their_own) {
  NetlistBuilder builder = ports();
  builder.cell("u.add", "FAX1", {{"A", "a"}, {"B", "0"}, {"C", "1"}, {"YS", "y"}});
  const MappedDesign design = builder.design(library_);
  const Instance& adder = design.instances().front();
  const std::size_t carry = adder.kind->outputs[0]->name == "YC" ? 0 : 1;
  EXPECT_EQ(design.net_names()[adder.outputs[carry]], "u.add.YC");
  EXPECT_EQ(design.blocks(), std::vector<std::string>{"u"});
  EXPECT_EQ(design.clock(), kConstantZero);
}

TEST_F(MappedDesignTest, names_its_ports) {
  const MappedDesign design = ports().cell("i", "INVX1", {{"A", "a"}, {"Y", "y"}}).design(library_);
  EXPECT_EQ(design.port("y"), 2U);
  try {
    design.port("z");
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(), "netlist.json: top: got no port z, expected one of clk, a, y");
  }
}

TEST_F(MappedDesignTest, refuses_what_it_cannot_simulate) {
  EXPECT_EQ(complaint(ports().cell("i", "INVX", {{"A", "a"}, {"Y", "y"}})),
            "netlist.json: i: got a cell INVX, expected a cell of the library: did you mean INVX1?");
  EXPECT_EQ(complaint(ports().cell("i", "INVX1", {{"A", "a"}, {"Z", "y"}})),
            "netlist.json: i: got a pin Z, expected a pin of INVX1");
  EXPECT_EQ(complaint(ports().cell("i", "INVX1", {{"Y", "y"}})),
            "netlist.json: i.A: got no connection, expected a connected input");
  EXPECT_EQ(complaint(ports().cell("i", "INVX1", {{"A", "b"}, {"Y", "y"}})),
            "netlist.json: b: got 0 drivers, expected one");
  EXPECT_EQ(
      complaint(
          ports().cell("i", "INVX1", {{"A", "a"}, {"Y", "y"}}).cell("j", "INVX1", {{"A", "a"}, {"Y", "y"}})),
      "netlist.json: y: got 2 drivers, expected one");
  EXPECT_EQ(complaint(ports()
                          .cell("i", "NAND2X1", {{"A", "a"}, {"B", "b"}, {"Y", "y"}})
                          .cell("j", "INVX1", {{"A", "y"}, {"Y", "b"}})),
            "netlist.json: i: got a combinational loop, expected logic without loops");
  const std::string admitted = "expected a combinational cell or a flip-flop on a rising clock edge";
  const std::string where = std::string(OSU018_LIBERTY) + ":";
  EXPECT_EQ(complaint(ports().cell("l", "LATCH", {{"D", "a"}, {"CLK", "clk"}, {"Q", "y"}})),
            where + "3303: LATCH: got a cell with a latch, " + admitted);
  EXPECT_EQ(complaint(ports().cell("t", "TBUFX1", {{"A", "a"}, {"EN", "clk"}, {"Y", "y"}})),
            where + "5430: TBUFX1: got the three-state pin Y, " + admitted);
  EXPECT_EQ(complaint(ports().cell("f", "DFFNEGX1", {{"D", "a"}, {"CLK", "clk"}, {"Q", "y"}})),
            where + "1468: DFFNEGX1: got a clocked_on that is not the name of a pin, " + admitted);
}

TEST_F(MappedDesignTest, has_one_clock_that_reaches_flip_flops_only) {
  const std::vector<std::pair<std::string, std::string>> clocked{{"D", "a"}, {"CLK", "clk"}, {"Q", "q"}};
  EXPECT_EQ(complaint(ports()
                          .cell("f", "DFFPOSX1", clocked)
                          .cell("g", "DFFPOSX1", {{"D", "q"}, {"CLK", "a"}, {"Q", "y"}})),
            "netlist.json: g: got the clock a, expected clk, which clocks the others");
  EXPECT_EQ(complaint(ports()
                          .cell("f", "DFFPOSX1", clocked)
                          .cell("g", "NAND2X1", {{"A", "q"}, {"B", "clk"}, {"Y", "y"}})),
            "netlist.json: g: got the clock as data, expected a clock that reaches flip-flops only");
  EXPECT_EQ(complaint(ports()
                          .cell("i", "INVX1", {{"A", "clk"}, {"Y", "c"}})
                          .cell("f", "DFFPOSX1", {{"D", "a"}, {"CLK", "c"}, {"Q", "y"}})),
            "netlist.json: c: got a clock that is made inside, expected an input port of one bit");
}

}  // namespace
}  // namespace lnsim::gates
