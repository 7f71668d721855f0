// The Madam lane beside its twin, for every row of madam_lane.models, and the
// mutants of it.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <vector>

#include "models_madam_lane.h"
#include "mutants_madam_lane.h"
#include "tests/lockstep/coverage.h"
#include "tests/lockstep/madam_lockstep.h"
#include "tests/lockstep/model_table.h"

namespace lnsim::lockstep {
namespace {

constexpr const char* kUnit = "madam_lane";
const std::filesystem::path kFolder = std::filesystem::path(LNSIM_SOURCE_DIR) / "tests/lockstep";

struct Model {
  std::string name;
  std::function<std::unique_ptr<MadamTwin>()> make;
};
std::ostream& operator<<(std::ostream& out, const Model& model) {
  return out << model.name;
}

#define MODEL(name) Model{#name, [] { return std::make_unique<MadamTwinOf<V##name>>(); }},
const std::vector<Model> kModels{MODELS_MADAM_LANE(MODEL)};
const std::vector<Model> kMutants{MUTANTS_MADAM_LANE(MODEL)};
#undef MODEL

MadamParameters parameters_of(const std::string& name) {
  return madam_parameters(find_row(read_models(kFolder / "madam_lane.models"), name));
}

class MadamLane : public testing::TestWithParam<Model> {};

TEST_P(MadamLane, equals_its_twin_in_every_cycle) {
  const MadamSeen seen =
      run_madam(parameters_of(GetParam().name), *GetParam().make(), 1, cycles_of_run(150'000));
  EXPECT_EQ(seen.mismatch, "");
  coverage().cycles(kUnit, seen.cycles);
  coverage().combination(kUnit, GetParam().name);
  coverage().codes(kUnit, GetParam().name + ".weight", {seen.weights});
  coverage().codes(kUnit, GetParam().name + ".gradient", {seen.gradients});
  const auto count = [&](const char* what, std::uint64_t times) {
    coverage().count(kUnit, what, times);
    coverage().require(kUnit, what, kReduced ? 10 : 100);
  };
  count("commands", seen.commands);
  count("parameters", seen.counts.values);
  count("zero steps", seen.counts.zero_steps);
  count("zero weights", seen.counts.zero_weights);
  count("clamped gradients", seen.counts.clamped_gradients);
  count("saturated weights", seen.counts.saturated);
  count("underflowed weights", seen.counts.underflowed);
  count("saturated moments", seen.counts.state_saturated);
  count("not a number", seen.counts.not_a_number);
}

INSTANTIATE_TEST_SUITE_P(All, MadamLane, testing::ValuesIn(kModels),
                         [](const auto& test) { return test.param.name; });

class MadamLaneMutant : public testing::TestWithParam<Model> {};

TEST_P(MadamLaneMutant, is_caught) {
  const Mutation mutation = find_row(read_mutations(kFolder / "mutations.txt"), GetParam().name);
  const MadamSeen seen = run_madam(parameters_of(mutation.row), *GetParam().make(), 1, 20'000);
  EXPECT_NE(seen.mismatch, "") << "not caught: " << mutation.text << " -> " << mutation.replacement;
  coverage().count("mutants", "caught", seen.mismatch.empty() ? 0 : 1);
}

INSTANTIATE_TEST_SUITE_P(All, MadamLaneMutant, testing::ValuesIn(kMutants),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace lnsim::lockstep
