// A processing element beside its twin, for every row of pe.models, on programs drawn at random, and the
// mutants of it.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models_pe.h"
#include "mutants_pe.h"
#include "tests/lockstep/coverage.h"
#include "tests/lockstep/pe_lockstep.h"
#include "tests/lockstep/pe_programs.h"

namespace lnsim::lockstep {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(LNSIM_SOURCE_DIR) / "tests/lockstep";
constexpr const char* kUnit = "pe";

struct Model {
  std::string name;
  std::function<std::unique_ptr<PeTwin>()> make;
};
std::ostream& operator<<(std::ostream& out, const Model& model) {
  return out << model.name;
}

#define MODEL(name) Model{#name, [] { return std::make_unique<PeTwinOf<V##name>>(); }},
const std::vector<Model> kModels{MODELS_PE(MODEL)};
const std::vector<Model> kMutants{MUTANTS_PE(MODEL)};
#undef MODEL

PeMachine machine_of(const std::string& row) {
  return PeMachine(find_row(read_models(kFolder / "pe.models"), row));
}

// Nothing waits, everything waits now and then, one thing waits nearly always.
const PeStalls kStalls[] = {{0, 0, 0, 0},  {20, 20, 20, 20}, {0, 0, 90, 0},   {0, 0, 99, 0},
                            {90, 0, 0, 0}, {0, 80, 0, 60},   {50, 50, 50, 50}};

PeSeen run_random(const PeMachine& machine, PeTwin& twin, std::uint64_t seed) {
  const RandomPeProgram random = random_program(machine, seed);
  RandomPeData data(machine, seed);
  PeRun run;
  run.program = &random.program;
  run.position = random.position;
  run.stalls = kStalls[seed % std::size(kStalls)];
  run.seed = seed;
  return run_pe(machine, twin, data, run);
}

class RandomPrograms : public testing::TestWithParam<Model> {};

TEST_P(RandomPrograms, take_every_cycle_as_the_simulator_does) {
  const PeMachine machine = machine_of(GetParam().name);
  for (std::uint64_t cycles = 0, seed = 1; cycles < cycles_of_run(400'000); ++seed) {
    const auto twin = GetParam().make();
    const PeSeen seen = run_random(machine, *twin, seed);
    ASSERT_EQ(seen.mismatch, "") << "program " << seed;
    cycles += seen.cycles;
    coverage().cycles(kUnit, seen.cycles);
    coverage().count(kUnit, "random programs", 1);
    coverage().count(kUnit, "packets of results", seen.packets);
    coverage().count(kUnit, "cycles in which a packet was held up", seen.packets_held_up);
    coverage().count(kUnit, "cycles in which the lanes waited for packets to leave", seen.lanes_held_up);
    coverage().count(kUnit, "cycles in which the command queue was full", seen.commands_held_up);
    coverage().count(kUnit, "values emitted", seen.events[Event::ppu_value]);
    coverage().count(kUnit, "bytes of sums spilled or restored", seen.events[Event::collector_transfer_byte]);
    coverage().count(kUnit, "operations of vector work", seen.events[Event::vector_unit_operation]);
  }
  coverage().combination(kUnit, GetParam().name);
  for (const char* what :
       {"packets of results", "cycles in which a packet was held up",
        "cycles in which the command queue was full", "cycles in which the lanes waited for packets to leave",
        "values emitted", "bytes of sums spilled or restored", "operations of vector work"})
    coverage().require(kUnit, what, kReduced ? 100 : 10'000);
}

INSTANTIATE_TEST_SUITE_P(Pe, RandomPrograms, testing::ValuesIn(kModels),
                         [](const auto& instance) { return instance.param.name; });

class PeMutant : public testing::TestWithParam<Model> {};

TEST_P(PeMutant, is_caught) {
  const Mutation mutation = find_row(read_mutations(kFolder / "mutations.txt"), GetParam().name);
  const PeMachine machine = machine_of(mutation.row);
  std::string mismatch;
  std::uint64_t seed = 1;
  for (; mismatch.empty() && seed <= 400; ++seed)
    mismatch = run_random(machine, *GetParam().make(), seed).mismatch;
  EXPECT_NE(mismatch, "") << "not caught by 400 programs: " << mutation.text << " -> "
                          << mutation.replacement;
  coverage().count("mutants", "caught", 1);
}

INSTANTIATE_TEST_SUITE_P(Pe, PeMutant, testing::ValuesIn(kMutants),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace lnsim::lockstep
