#include "sim/run/sweep/sweep_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "sim/base/errors.h"
#include "sim/run/sweep/design.h"
#include "tests/unit/temporary_folder.h"

namespace lnsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Paths are relative to the sweep's folder: the files it names are links there.
class SweepFiles : public testing::Test {
 protected:
  SweepFiles() {
    namespace fs = std::filesystem;
    const fs::path source = LNSIM_SOURCE_DIR;
    fs::create_directory_symlink(source / "configs", folder_.path() / "configs");
    fs::create_directory_symlink(source / "traces", folder_.path() / "traces");
  }

  SweepFile read(const std::string& rest, const std::string& objectives = "[{minimise: energy_pj}]") {
    const auto path = folder_.path() / "sweep.yaml";
    std::ofstream(path) << "name: test\nbase: configs/accelerators/lns-madam.yaml\n"
                        << "traces: [traces/digits-cnn.jsonl]\nobjectives: " << objectives << "\n"
                        << rest;
    return read_sweep(path);
  }

  std::string mistake(const std::string& rest, const std::string& objectives = "[{minimise: energy_pj}]") {
    try {
      read(rest, objectives);
    } catch (const UserError& error) {
      std::string text = error.what();
      const std::string folder = folder_.path().string() + "/";
      for (std::size_t at; (at = text.find(folder)) != std::string::npos;) text.erase(at, folder.size());
      return text;
    }
    return "none";
  }

  std::vector<std::string> texts(const SweepTrack& track) {
    std::vector<std::string> texts;
    for (const auto& value : track.values) texts.push_back(value->text);
    return texts;
  }

  TemporaryFolder folder_;
};

TEST_F(SweepFiles, HaveAxesAsListsRangesAndFactors) {
  const SweepFile sweep = read(R"(axes:
  - {path: datapath.truncation, values: [floor, toward_zero]}
  - {path: clock.frequency_ghz, from: 0.5, to: 0.8, step: 0.1}
  - {path: pe.lanes, from: 8, to: 64, factor: 2}
)");
  ASSERT_EQ(sweep.axes.size(), 3U);
  EXPECT_THAT(texts(sweep.axes[0].tracks[0]), ElementsAre("floor", "toward_zero"));
  EXPECT_EQ(sweep.axes[1].size(), 4U);
  EXPECT_THAT(texts(sweep.axes[2].tracks[0]), ElementsAre("8", "16", "32", "64"));
  EXPECT_EQ(sweep.grid_size(), 2U * 4U * 4U);
}

TEST_F(SweepFiles, ZipAxes) {
  const SweepFile sweep = read(R"(axes:
  - zip:
    - {path: formats.weight.gamma, values: [4, 8]}
    - {paths: [formats.error.gamma, formats.activation.gamma], values: [2, 16]}
  - {path: pe.count, values: [1, 2, 4]}
)");
  EXPECT_EQ(sweep.grid_size(), 6U);
  const auto parameters = design_parameters(sweep, design_of(sweep, 5));
  EXPECT_EQ(
      parameters.dump(),
      R"({"formats.weight.gamma":8,"formats.error.gamma":16,"formats.activation.gamma":16,"pe.count":4})");
}

TEST_F(SweepFiles, NumberDesignsOneToOne) {
  const SweepFile sweep = read(R"(axes:
  - {path: pe.count, values: [1, 2, 4]}
  - {path: pe.lanes, values: [8, 16]}
  - {path: pe.vector_size, values: [1, 2, 3, 4, 5]}
)");
  std::set<Design> designs;
  for (std::uint64_t number = 0; number < 30; ++number) {
    const Design design = design_of(sweep, number);
    EXPECT_EQ(number_of(sweep, design), number);
    designs.insert(design);
  }
  EXPECT_EQ(designs.size(), 30U);
}

TEST_F(SweepFiles, DrawDifferentDesignsAtRandom) {
  const std::string axes = R"(axes:
  - {path: pe.lanes, from: 1, to: 1000, step: 1}
  - {path: pe.vector_size, from: 1, to: 1000, step: 1}
search: {kind: random, samples: 500, seed: )";
  const auto drawn = [&](int seed) { return searched_numbers(read(axes + std::to_string(seed) + "}\n")); };
  const auto first = drawn(1);
  EXPECT_EQ(first.size(), 500U);
  EXPECT_EQ(std::set<std::uint64_t>(first.begin(), first.end()).size(), 500U);
  EXPECT_LT(first.back(), 1'000'000U);
  EXPECT_EQ(drawn(1), first);
  EXPECT_NE(drawn(2), first);
}

TEST_F(SweepFiles, GiveConfigsWithTheirValues) {
  const SweepFile sweep = read(R"(axes:
  - {path: formats.error, values: [{kind: lns, bits: 6, gamma: 2}]}
  - {path: pe.lanes, values: [48]}
)");
  const RunConfig config =
      sweep_config(sweep, design_document(sweep, read_yaml(sweep.base), design_of(sweep, 0)), sweep.base);
  EXPECT_EQ(config.machine.formats.error.bits, 6U);
  EXPECT_EQ(config.machine.formats.error.gamma, 2U);
  EXPECT_EQ(config.machine.pe.lanes, 48U);
  EXPECT_EQ(config.machine.formats.weight.bits, 8U);  // of the base
}

TEST_F(SweepFiles, AreRefusedWithEveryMistake) {
  EXPECT_EQ(
      mistake(R"(axes:
  - {path: pe.lane, values: [1]}
  - {path: pe.lanes, values: [0, 8]}
  - {path: pe.count, from: 4, to: 1, step: 1}
  - {path: datapath.kind, values: [lms]}
constraint: []
)"),
      "sweep.yaml:6:12: axes[0].path: got pe.lane, expected the path of a parameter: did you mean pe.lanes?\n"
      "sweep.yaml:7:31: axes[1].values[0]: got 0, expected an integer from 1 to 1024 (lanes)\n"
      "sweep.yaml:8:5: axes[2]: got 4 to 1, expected from 1 to 1000000 values\n"
      "sweep.yaml:9:36: axes[3].values[0]: got lms, expected one of lns, fp32, fp16, bf16, fp8_e4m3, "
      "fp8_e5m2, int8: did you mean lns?\n"
      "sweep.yaml:10:1: constraint: got an unknown key, expected a known one: did you mean constraints?");
}

TEST_F(SweepFiles, AreRefusedWithAParameterOnTwoAxes) {
  EXPECT_THAT(
      mistake(R"(axes:
  - {path: formats.weight, values: [{bits: 6}]}
  - {path: formats.weight.bits, values: [6]}
)"),
      HasSubstr(
          "axes[1]: got formats.weight.bits beside formats.weight, expected every parameter on one axis"));
}

TEST_F(SweepFiles, AreRefusedWithExpressionsOverUnknownNames) {
  EXPECT_THAT(mistake("axes: [{path: pe.count, values: [1]}]\nconstraints: [\"pe.counts > 1\"]\n"),
              HasSubstr("constraints[0]: got pe.counts (did you mean pe.count?)"));
  EXPECT_THAT(mistake("axes: [{path: pe.count, values: [1]}]\n", "[{minimise: reference.cycles}]"),
              HasSubstr("objectives[0].minimise: got reference.cycles"));
}

TEST_F(SweepFiles, SayWhichPointsAreSimulated) {
  const std::string axes = "axes: [{path: pe.count, values: [1, 2]}]\n";
  EXPECT_EQ(read(axes).search.simulate, Simulated::all);
  const SweepSearch front = read(axes + "search: {kind: grid, simulate: front}\n").search;
  EXPECT_EQ(front.simulate, Simulated::front);
  EXPECT_FALSE(front.margin.has_value());
  EXPECT_EQ(read(axes + "search: {kind: grid, simulate: front, margin: 0.2}\n").search.margin, 0.2);
  EXPECT_THAT(mistake(axes + "search: {kind: grid, simulate: some}\n"),
              HasSubstr("search.simulate: got some, expected one of all, front"));
  EXPECT_THAT(mistake(axes + "search: {kind: grid, simulate: front, margin: 2}\n"),
              HasSubstr("search.margin: got 2, expected a number from 0 to 1"));
  EXPECT_THAT(mistake(axes + "search: {kind: grid, margin: 0.1}\n"),
              HasSubstr("search.margin: got a margin, expected none, because estimates are only made with "
                        "simulate: front"));
}

TEST_F(SweepFiles, AreRefusedWhenAGridIsTooLargeToRun) {
  const std::string axes = R"(axes:
  - {path: pe.lanes, from: 1, to: 1000, step: 1}
  - {path: pe.vector_size, from: 1, to: 1000, step: 1}
  - {path: pe.count, from: 1, to: 1000, step: 1}
)";
  EXPECT_THAT(mistake(axes), HasSubstr("search.kind: got grid, for 1000000000 points"));
  EXPECT_EQ(mistake(axes + "search: {kind: nsga2, population: 10, generations: 2, seed: 1}\n"), "none");
}

}  // namespace
}  // namespace lnsim
