// The post-processing unit's quantiser beside its twin, for every row of ppu_quantiser.models, and the
// mutants of it.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <vector>

#include "models_ppu_quantiser.h"
#include "mutants_ppu_quantiser.h"
#include "netlists_ppu_quantiser.h"
#include "tests/lockstep/coverage.h"
#include "tests/lockstep/model_table.h"
#include "tests/lockstep/ppu_lockstep.h"

namespace lnsim::lockstep {
namespace {

constexpr const char* kUnit = "ppu_quantiser";
const std::filesystem::path kFolder = std::filesystem::path(LNSIM_SOURCE_DIR) / "tests/lockstep";

struct Model {
  std::string name;
  std::function<std::unique_ptr<PpuTwin>()> make;
};
std::ostream& operator<<(std::ostream& out, const Model& model) {
  return out << model.name;
}

#define MODEL(name) Model{#name, [] { return std::make_unique<PpuTwinOf<V##name>>(); }},
const std::vector<Model> kModels{MODELS_PPU_QUANTISER(MODEL)};
const std::vector<Model> kMutants{MUTANTS_PPU_QUANTISER(MODEL)};
const std::vector<Model> kNetlists{NETLISTS_PPU_QUANTISER(MODEL)};
#undef MODEL

PpuShape shape_of(const std::string& name) {
  const ModelRow row = find_row(read_models(kFolder / "ppu_quantiser.models"), name);
  const auto number = [&](const char* parameter) { return static_cast<unsigned>(row.at(parameter)); };
  return {quantiser_parameters(row), number("ROWS"), number("VALUES"), number("LATENCY"), number("CAPACITY")};
}

class PpuQuantiser : public testing::TestWithParam<Model> {};

TEST_P(PpuQuantiser, equals_its_twin_in_every_cycle) {
  const PpuShape shape = shape_of(GetParam().name);
  const PpuSeen seen = run_ppu(shape, *GetParam().make(), 1, cycles_of_run(200'000));
  EXPECT_EQ(seen.mismatch, "");
  coverage().cycles(kUnit, seen.cycles);
  coverage().combination(kUnit, GetParam().name);
  coverage().codes(kUnit, GetParam().name + ".code", {seen.codes});
  const auto count = [&](const char* what, std::uint64_t times) {
    coverage().count(kUnit, what, times);
    coverage().require(kUnit, what, kReduced ? 10 : 1000);
  };
  count("columns", seen.columns);
  count("values", seen.counts.values);
  count("cycles in which the packets' channel was full", seen.held_up);
  count("saturated", seen.counts.saturated);
  count("clamped", seen.counts.underflow_clamped);
  count("flushed", seen.counts.underflow_flushed);
}

INSTANTIATE_TEST_SUITE_P(All, PpuQuantiser, testing::ValuesIn(kModels),
                         [](const auto& test) { return test.param.name; });

class PpuQuantiserNetlist : public testing::TestWithParam<Model> {};

TEST_P(PpuQuantiserNetlist, equals_the_simulator_in_every_cycle) {
  const PpuShape shape = shape_of(row_of_netlist(GetParam().name));
  const PpuSeen seen = run_ppu(shape, *GetParam().make(), 2, cycles_of_run(50'000));
  EXPECT_EQ(seen.mismatch, "");
  coverage().cycles("netlists", seen.cycles);
  coverage().combination("netlists", GetParam().name);
}

INSTANTIATE_TEST_SUITE_P(All, PpuQuantiserNetlist, testing::ValuesIn(kNetlists),
                         [](const auto& test) { return test.param.name; });

class PpuQuantiserMutant : public testing::TestWithParam<Model> {};

TEST_P(PpuQuantiserMutant, is_caught) {
  const Mutation mutation = find_row(read_mutations(kFolder / "mutations.txt"), GetParam().name);
  const PpuSeen seen = run_ppu(shape_of(mutation.row), *GetParam().make(), 1, 20'000);
  EXPECT_NE(seen.mismatch, "") << "not caught: " << mutation.text << " -> " << mutation.replacement;
  coverage().count("mutants", "caught", seen.mismatch.empty() ? 0 : 1);
}

INSTANTIATE_TEST_SUITE_P(All, PpuQuantiserMutant, testing::ValuesIn(kMutants),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace lnsim::lockstep
