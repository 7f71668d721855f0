// The update lanes of SGD and Adam beside their twins, for every row of sgd_lane.models and adam_lane.models,
// and the mutants of them.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <vector>

#include "models_adam_lane.h"
#include "models_sgd_lane.h"
#include "mutants_adam_lane.h"
#include "mutants_sgd_lane.h"
#include "tests/lockstep/coverage.h"
#include "tests/lockstep/model_table.h"
#include "tests/lockstep/optimizer_lockstep.h"

namespace lnsim::lockstep {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(LNSIM_SOURCE_DIR) / "tests/lockstep";

struct Model {
  std::string unit;
  std::string name;
  std::function<std::unique_ptr<OptimizerTwin>()> make;
};
std::ostream& operator<<(std::ostream& out, const Model& model) {
  return out << model.name;
}

#define SGD(name) Model{"sgd_lane", #name, [] { return std::make_unique<OptimizerTwinOf<V##name>>(); }},
#define ADAM(name) Model{"adam_lane", #name, [] { return std::make_unique<OptimizerTwinOf<V##name>>(); }},
const std::vector<Model> kModels{MODELS_SGD_LANE(SGD) MODELS_ADAM_LANE(ADAM)};
const std::vector<Model> kMutants{MUTANTS_SGD_LANE(SGD) MUTANTS_ADAM_LANE(ADAM)};
#undef SGD
#undef ADAM

OptimizerLane lane_of(const std::string& unit, const std::string& row) {
  return optimizer_lane(find_row(read_models(kFolder / (unit + ".models")), row));
}

class OptimizerLanes : public testing::TestWithParam<Model> {};

TEST_P(OptimizerLanes, equal_their_twins_in_every_cycle) {
  const auto& [unit, name, make] = GetParam();
  const OptimizerSeen seen = run_optimizer(lane_of(unit, name), *make(), 1, cycles_of_run(150'000));
  EXPECT_EQ(seen.mismatch, "");
  coverage().cycles(unit, seen.cycles);
  coverage().combination(unit, name);
  coverage().codes(unit, name + ".gradient", {seen.gradients});
  const auto count = [&](const char* what, std::uint64_t times) {
    coverage().count(unit, what, times);
    coverage().require(unit, what, kReduced ? 10 : 100);
  };
  count("commands", seen.commands);
  count("parameters", seen.counts.values);
  count("unchanged weights", seen.counts.unchanged);
  count("saturated weights", seen.counts.saturated);
  count("saturated moments", seen.counts.state_saturated);
  count("not a number", seen.counts.not_a_number);
}

INSTANTIATE_TEST_SUITE_P(All, OptimizerLanes, testing::ValuesIn(kModels),
                         [](const auto& test) { return test.param.name; });

class OptimizerLaneMutant : public testing::TestWithParam<Model> {};

TEST_P(OptimizerLaneMutant, is_caught) {
  const auto& [unit, name, make] = GetParam();
  const Mutation mutation = find_row(read_mutations(kFolder / "mutations.txt"), name);
  const OptimizerSeen seen = run_optimizer(lane_of(unit, mutation.row), *make(), 1, 20'000);
  EXPECT_NE(seen.mismatch, "") << "not caught: " << mutation.text << " -> " << mutation.replacement;
  coverage().count("mutants", "caught", seen.mismatch.empty() ? 0 : 1);
}

INSTANTIATE_TEST_SUITE_P(All, OptimizerLaneMutant, testing::ValuesIn(kMutants),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace lnsim::lockstep
