// The logarithmic lane beside its twin, for every row of lns_lane.models, and the mutants of it.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "models_lns_lane.h"
#include "mutants_lns_lane.h"
#include "netlists_lns_lane.h"
#include "tests/lockstep/coverage.h"
#include "tests/lockstep/lane_suite.h"

namespace lnsim::lockstep {
namespace {

constexpr const char* kUnit = "lns_lane";
const std::vector<LaneModel> kModels{MODELS_LNS_LANE(LNSIM_LANE_MODEL)};
const std::vector<LaneModel> kMutants{MUTANTS_LNS_LANE(LNSIM_LANE_MODEL)};
const std::vector<LaneModel> kNetlists{NETLISTS_LNS_LANE(LNSIM_LANE_MODEL)};

void require_events() {
  const std::uint64_t enough = kReduced ? 10 : 1000;
  for (const char* what : {"beats into the entry of the beat before", "cycles without a beat",
                           "sums that came back", "zero products", "lost products", "wraps", "saturations"})
    coverage().require(kUnit, what, enough);
  for (const std::string_view point : arith::kTruncationPointNames)
    for (const std::string_view rule : arith::kTruncationRuleNames)
      coverage().require(kUnit, "truncated at " + std::string(point) + " by " + std::string(rule), enough);
  if (!kReduced) coverage().require_total_cycles(10'000'000);
}

class LnsLane : public testing::TestWithParam<LaneModel> {};

TEST_P(LnsLane, equals_its_twin_in_every_cycle) {
  expect_equal(kUnit, GetParam(), 400'000);
  require_events();
}

INSTANTIATE_TEST_SUITE_P(All, LnsLane, testing::ValuesIn(kModels),
                         [](const auto& test) { return test.param.name; });

class LnsLaneNetlist : public testing::TestWithParam<LaneModel> {};

TEST_P(LnsLaneNetlist, equals_the_simulator_in_every_cycle) {
  expect_equal_netlist(kUnit, GetParam(), 50'000);
}

INSTANTIATE_TEST_SUITE_P(All, LnsLaneNetlist, testing::ValuesIn(kNetlists),
                         [](const auto& test) { return test.param.name; });

class LnsLaneMutant : public testing::TestWithParam<LaneModel> {};

TEST_P(LnsLaneMutant, is_caught) {
  expect_caught(kUnit, GetParam());
}

INSTANTIATE_TEST_SUITE_P(All, LnsLaneMutant, testing::ValuesIn(kMutants),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace lnsim::lockstep
