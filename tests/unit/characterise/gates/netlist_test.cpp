#include "tools/characterise/gates/netlist.h"

#include <gtest/gtest.h>

#include "sim/base/errors.h"
#include "tests/unit/base/scratch_file.h"

namespace lnsim::gates {
namespace {

std::string complaint(const std::string& text) {
  const ScratchFile file(text);
  try {
    read_netlist(file.path());
    return "";
  } catch (const UserError& error) {
    return std::string(error.what()).substr(file.path().generic_string().size());
  }
}

TEST(Netlist, is_the_top_module_of_yosys_json) {
  const ScratchFile file(R"({"modules": {
    "CELL": {"attributes": {"blackbox": "1"}, "ports": {}, "cells": {}, "netnames": {}},
    "top": {"attributes": {"top": "1"},
      "ports": {"a": {"direction": "input", "bits": [2, 3]}, "y": {"direction": "output", "bits": [4, "1", "x"]}},
      "cells": {"u.add": {"type": "CELL", "connections": {"A": [2], "B": ["0"], "Y": [4], "Z": []}}},
      "netnames": {
        "$hidden": {"hide_name": 1, "bits": [2]}, "a": {"hide_name": 0, "bits": [2, 3]},
        "u.long_name": {"hide_name": 0, "bits": [4]}, "y": {"hide_name": 0, "bits": [4, "1", "x"]}}}}})");
  const Netlist netlist = read_netlist(file.path());
  EXPECT_EQ(netlist.top, "top");
  ASSERT_EQ(netlist.ports.size(), 2U);
  EXPECT_TRUE(netlist.ports[0].input);
  EXPECT_FALSE(netlist.ports[1].input);
  const NetId y = netlist.ports[1].nets[0];
  EXPECT_EQ(netlist.ports[1].nets, (std::vector<NetId>{y, kConstantOne, kConstantZero}));
  EXPECT_EQ(netlist.net_names[netlist.ports[0].nets[1]], "a[1]");
  EXPECT_EQ(netlist.net_names[netlist.ports[0].nets[0]], "a[0]");
  EXPECT_EQ(netlist.net_names[y], "y[0]");  // shorter than the other name
  ASSERT_EQ(netlist.cells.size(), 1U);
  EXPECT_EQ(netlist.cells[0].block, "u");
  EXPECT_EQ(netlist.cells[0].pins,
            (std::map<std::string, NetId>{{"A", netlist.ports[0].nets[0]}, {"B", kConstantZero}, {"Y", y}}));
}

TEST(Netlist, blocks_are_the_instances_that_were_flattened) {
  EXPECT_EQ(block_of("$abc$1$auto$blifparse.cc:386:parse_blif$4"), "");
  EXPECT_EQ(block_of(R"($flatten\dot.$abc$4420$auto$blifparse.cc:386:parse_blif$4421)"), "dot");
  EXPECT_EQ(block_of(R"($flatten\dot.\g_bin[0].bin.$auto$ff.cc:266:slice$1)"), "dot.g_bin[0].bin");
  EXPECT_EQ(block_of("dot.tree.add"), "dot.tree");
  EXPECT_EQ(block_of("add"), "");
}

TEST(Netlist, says_what_is_no_netlist) {
  EXPECT_EQ(complaint("{}"), ": got no modules, expected a netlist by Yosys' write_json");
  EXPECT_EQ(complaint("not json").substr(0, 6), ": got ");
  EXPECT_EQ(complaint(R"({"modules": {}})"),
            ": modules: got 0 modules without a top one, expected a top module");
  const std::string module = R"({"modules": {"m": {"attributes": {}, "netnames": {}, )";
  EXPECT_EQ(complaint(module + R"("cells": {}, "ports": {"p": {"direction": "inout", "bits": [2]}}}}})"),
            ": p: got an inout port, expected inputs and outputs");
  EXPECT_EQ(
      complaint(module + R"("ports": {}, "cells": {"c": {"type": "A", "connections": {"X": [2, 3]}}}}}})"),
      ": c.X: got 2 bits, expected a pin of one bit");
  EXPECT_NE(complaint(module + R"("ports": {}}}})"), "");
  EXPECT_THROW(read_netlist("nowhere.json"), UserError);
}

}  // namespace
}  // namespace lnsim::gates
