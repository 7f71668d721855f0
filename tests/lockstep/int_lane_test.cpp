// The integer lane beside its twin, for every row of int_lane.models, and the mutants of it.
#include <gtest/gtest.h>

#include <vector>

#include "models_int_lane.h"
#include "mutants_int_lane.h"
#include "netlists_int_lane.h"
#include "tests/lockstep/coverage.h"
#include "tests/lockstep/lane_suite.h"

namespace lnsim::lockstep {
namespace {

constexpr const char* kUnit = "int_lane";
const std::vector<LaneModel> kModels{MODELS_INT_LANE(LNSIM_LANE_MODEL)};
const std::vector<LaneModel> kMutants{MUTANTS_INT_LANE(LNSIM_LANE_MODEL)};
const std::vector<LaneModel> kNetlists{NETLISTS_INT_LANE(LNSIM_LANE_MODEL)};

class IntLane : public testing::TestWithParam<LaneModel> {};

TEST_P(IntLane, equals_its_twin_in_every_cycle) {
  expect_equal(kUnit, GetParam(), 300'000);
  for (const char* what : {"zero products", "wraps", "saturations"})
    coverage().require(kUnit, what, kReduced ? 10 : 1000);
}

INSTANTIATE_TEST_SUITE_P(All, IntLane, testing::ValuesIn(kModels),
                         [](const auto& test) { return test.param.name; });

class IntLaneNetlist : public testing::TestWithParam<LaneModel> {};

TEST_P(IntLaneNetlist, equals_the_simulator_in_every_cycle) {
  expect_equal_netlist(kUnit, GetParam(), 50'000);
}

INSTANTIATE_TEST_SUITE_P(All, IntLaneNetlist, testing::ValuesIn(kNetlists),
                         [](const auto& test) { return test.param.name; });

class IntLaneMutant : public testing::TestWithParam<LaneModel> {};

TEST_P(IntLaneMutant, is_caught) {
  expect_caught(kUnit, GetParam());
}

INSTANTIATE_TEST_SUITE_P(All, IntLaneMutant, testing::ValuesIn(kMutants),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace lnsim::lockstep
