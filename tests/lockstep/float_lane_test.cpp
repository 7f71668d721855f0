// The floating-point lane beside its twin, for every row of float_lane.models, and the mutants of it.
#include <gtest/gtest.h>

#include <vector>

#include "models_float_lane.h"
#include "mutants_float_lane.h"
#include "tests/lockstep/coverage.h"
#include "tests/lockstep/lane_suite.h"

namespace lnsim::lockstep {
namespace {

constexpr const char* kUnit = "float_lane";
const std::vector<LaneModel> kModels{MODELS_FLOAT_LANE(LNSIM_LANE_MODEL)};
const std::vector<LaneModel> kMutants{MUTANTS_FLOAT_LANE(LNSIM_LANE_MODEL)};

class FloatLane : public testing::TestWithParam<LaneModel> {};

TEST_P(FloatLane, equals_its_twin_in_every_cycle) {
  expect_equal(kUnit, GetParam(), 100'000);
  for (const char* what : {"zero products", "lost products", "truncated sums", "saturations"})
    coverage().require(kUnit, what, kReduced ? 1 : 100);
}

INSTANTIATE_TEST_SUITE_P(All, FloatLane, testing::ValuesIn(kModels),
                         [](const auto& test) { return test.param.name; });

class FloatLaneMutant : public testing::TestWithParam<LaneModel> {};

TEST_P(FloatLaneMutant, is_caught) {
  expect_caught(kUnit, GetParam());
}

INSTANTIATE_TEST_SUITE_P(All, FloatLaneMutant, testing::ValuesIn(kMutants),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace lnsim::lockstep
