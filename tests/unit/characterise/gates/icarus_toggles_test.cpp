// Every net of synthesised designs switches as often as in Icarus Verilog.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/unit/characterise/gates/gate_designs.h"
#include "tests/unit/characterise/gates/icarus.h"
#include "tools/characterise/gates/gate_simulation.h"

namespace lnsim::gates {
namespace {

class IcarusToggles : public testing::TestWithParam<std::string> {
 protected:
  const Library library_ = osu018();
  const MappedDesign design_ = gate_design(GetParam(), library_);
  const std::filesystem::path verilog_ = gate_design_file(GetParam() + ".v");
  const Stimulus stimulus_ = random_stimulus(design_, 100, working_inputs());
};

// What both simulators count, by net; without the constants and outputs that nothing is connected to, which
// have no name in Verilog.
struct Compared {
  NetId net;
  Toggles ours, theirs;
};

std::vector<Compared> compare(const MappedDesign& design, const Activity& activity,
                              const std::map<std::string, Toggles>& icarus) {
  std::vector<Compared> result;
  for (NetId net = kConstantOne + 1; net < design.nets(); ++net) {
    const Toggles* found = find_net(icarus, design.net_names()[net]);
    EXPECT_TRUE(found != nullptr || design.sinks()[net].empty()) << design.net_names()[net];
    if (found != nullptr) result.push_back({net, {activity.rises[net], activity.falls[net]}, *found});
  }
  EXPECT_GT(result.size(), design.instances().size() * 9 / 10);
  return result;
}

double sum(const Toggles& toggles) {
  return static_cast<double>(toggles.rises + toggles.falls);
}

TEST_P(IcarusToggles, are_the_same_on_every_net_without_delays) {
  GateSimulation simulation(design_);
  run(simulation, stimulus_);
  for (const Compared& at :
       compare(design_, simulation.activity(), run_icarus(design_, verilog_, stimulus_, nullptr, 1000))) {
    EXPECT_EQ(at.ours.rises, at.theirs.rises) << design_.net_names()[at.net];
    EXPECT_EQ(at.ours.falls, at.theirs.falls) << design_.net_names()[at.net];
  }
}

// Not exactly: where a change is taken back and made again before the first would have come out, Icarus lets
// it out at the first one's time (vvp/delay.cc, vvp_fun_modpath), we at the second's.
TEST_P(IcarusToggles, are_the_same_in_total_with_delays_within_two_per_cent) {
  const StaticTiming timing(design_, fanout_of_four(library_));
  const double period_ps = std::ceil(timing.critical_path_ps() * 1.1);
  GateSimulation simulation(design_, timing, period_ps);
  run(simulation, stimulus_);
  GateSimulation without_delays(design_);
  run(without_delays, stimulus_);
  double ours = 0, theirs = 0, differences = 0, glitch_free = 0;
  for (const Compared& at : compare(design_, simulation.activity(),
                                    run_icarus(design_, verilog_, stimulus_, &timing, period_ps))) {
    ours += sum(at.ours);
    theirs += sum(at.theirs);
    differences += std::abs(sum(at.ours) - sum(at.theirs));
    glitch_free += static_cast<double>(without_delays.activity().rises[at.net] +
                                       without_delays.activity().falls[at.net]);
  }
  EXPECT_NEAR(ours / theirs, 1, 0.02);
  EXPECT_LT(differences / theirs, 0.05);  // net by net
  EXPECT_GT(ours, 1.1 * glitch_free);     // there are glitches to be compared
  RecordProperty("toggles", fmt::format("{} of Icarus' {}; net by net {} off; {} without glitches", ours,
                                        theirs, differences, glitch_free));
}

INSTANTIATE_TEST_SUITE_P(Designs, IcarusToggles, testing::Values("int_dot", "lns_quantise", "lns_lane"),
                         [](const auto& design) { return design.param; });

}  // namespace
}  // namespace lnsim::gates
