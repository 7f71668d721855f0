// The weight-update lanes as designs, and what they work on.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "models/parameters.h"
#include "models/update/update_rule.h"
#include "sim/base/errors.h"
#include "tests/unit/temporary_folder.h"
#include "tools/characterise/design.h"
#include "tools/characterise/gates/gate_simulation.h"
#include "tools/characterise/gates/liberty.h"
#include "tools/characterise/run_program.h"
#include "tools/characterise/stimulus.h"
#include "tools/characterise/synthesise.h"

namespace lnsim::characterise {
namespace {

DesignParameters update_lane(Unit unit) {
  DesignParameters design;
  design.name = "lane";
  design.unit = unit;
  if (unit != Unit::madam_lane) design.gradient.kind = arith::FormatKind::bf16;
  return design;
}

StreamParameters log_normal() {
  StreamParameters stream;
  stream.name = "normal";
  stream.kind = StreamKind::log_normal;
  stream.zeros_a = 0.25;
  return stream;
}

std::string text_of(const std::filesystem::path& file) {
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::uint64_t port(const std::vector<PortValue>& values, const std::string& name) {
  const auto found =
      std::find_if(values.begin(), values.end(), [&](const PortValue& value) { return value.port == name; });
  EXPECT_NE(found, values.end()) << name;
  return found->words.front();
}

double single(std::uint64_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
}

class UpdateLane : public testing::TestWithParam<Unit> {};

// Yosys complains of ports and parameters that the module does not have, and of rules that name no cell.
TEST_P(UpdateLane, IsCutIntoBlocksThatAreThere) {
  const Design design = make_design(update_lane(GetParam()));
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "design.sv") << design.verilog;
  std::ofstream script(folder.path() / "script.ys");
  for (const auto& file : std::filesystem::directory_iterator(LNSIM_SOURCE_DIR "/models/rtl"))
    script << "read_verilog -sv " << file.path().string() << '\n';
  script << "read_verilog -sv design.sv\nhierarchy -check -top " << design.top << "\nproc\nflatten\n";
  for (const BlockRule& rule : design.rules) script << "select -assert-min 1 c:" << rule.cells << '\n';
  script.close();
  const std::filesystem::path log = folder.path() / "log";
  EXPECT_EQ(run_program({"yosys", "-q", "-s", "script.ys"}, folder.path(), log), 0) << text_of(log);
}

TEST_P(UpdateLane, HasAValueForEveryInput) {
  const std::string verilog = make_design(update_lane(GetParam())).verilog;
  std::vector<std::string> inputs{"reset", "valid"}, driven;
  std::istringstream lines(verilog);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("    input  logic [")) continue;
    const std::size_t name = line.find("] ") + 2;
    inputs.push_back(line.substr(name, line.size() - name - 1));
  }
  for (const PortValue& value : make_update_stimulus(update_lane(GetParam()), log_normal(), 1)->next())
    driven.push_back(value.port);
  std::sort(inputs.begin(), inputs.end());
  std::sort(driven.begin(), driven.end());
  EXPECT_EQ(driven, inputs);
}

TEST_P(UpdateLane, RefusesARecordedStream) {
  StreamParameters recorded;
  recorded.kind = StreamKind::recorded;
  EXPECT_THROW(make_update_stimulus(update_lane(GetParam()), recorded, 1), UserError);
}

INSTANTIATE_TEST_SUITE_P(All, UpdateLane, testing::Values(Unit::madam_lane, Unit::sgd_lane, Unit::adam_lane),
                         [](const auto& test) {
                           return std::string(kUnitNames[static_cast<std::size_t>(test.param)]);
                         });

// Wrapper, synthesis and the constants of a command are right together: weights and moments of the mapped
// lane are the rule's.
TEST(MappedUpdateLane, ComputesWhatTheRuleOfItsTwinDoes) {
  DesignParameters design = update_lane(Unit::sgd_lane);
  design.gradient.kind = arith::FormatKind::fp8_e4m3;
  design.latency_cycles = 2;
  const TemporaryFolder folder;
  const std::filesystem::path liberty[] = {OSU018_LIBERTY};
  const gates::Library library = gates::read_liberty(liberty);
  const SynthesisLibrary files = write_synthesis_library(liberty, library, folder.path());
  const auto adder = find_full_adder(library);
  const MappedFiles mapped = synthesise(make_design(design), files, &*adder, {1000, "INVX1", 20},
                                        {LNSIM_SOURCE_DIR "/models/rtl"}, folder.path());
  const gates::MappedDesign gates(library, gates::read_netlist(mapped.json), mapped.json);
  gates::GateSimulation simulation(gates);

  const auto single_precision = arith::make_format({.kind = arith::FormatKind::fp32});
  const auto gradient_format = arith::make_format(design.gradient);
  UpdateStep step;
  step.gradient_scale = gradient_format->scale_for(std::exp2(3.5 * log_normal().sigma_octaves));
  OptimizerParameters optimizer;
  optimizer.kind = OptimizerKind::sgd;
  const auto rule = make_update_rule(
      optimizer, {single_precision.get(), gradient_format.get(), single_precision.get()}, step);

  const auto stimulus = make_update_stimulus(design, log_normal(), 5);
  std::vector<arith::Code> got, expected;
  for (int cycle = 0; cycle < 300; ++cycle) {
    const std::vector<PortValue> values = stimulus->next();
    for (const PortValue& value : values) simulation.set_input(gates.port(value.port), value.words);
    simulation.run_cycle();
    if (simulation.port_value(gates.port("out_valid"))[0] != 0)
      for (const char* name : {"out_weight", "out_moment"})
        got.push_back(static_cast<arith::Code>(simulation.port_value(gates.port(name))[0]));
    arith::Code weight = static_cast<arith::Code>(port(values, "weight"));
    arith::Code moment = static_cast<arith::Code>(port(values, "moment"));
    const auto gradient = static_cast<arith::Code>(port(values, "gradient"));
    UpdateCounts counts;
    rule->apply(0, {&weight, 1}, {&gradient, 1}, {&moment, 1}, counts);
    expected.insert(expected.end(), {weight, moment});
  }
  ASSERT_GT(got.size(), 500U);
  expected.resize(got.size());
  EXPECT_EQ(got, expected);
}

// Mean of the logarithms to base 2, and its standard deviation, over the magnitudes of a port in single
// precision.
struct Octaves {
  double mean, deviation;
};
Octaves octaves(Unit unit, const std::string& name) {
  const auto stimulus = make_update_stimulus(update_lane(unit), log_normal(), 3);
  constexpr int kCount = 20000;
  double sum = 0, squares = 0;
  for (int i = 0; i < kCount; ++i) {
    const double octave = std::log2(std::abs(single(port(stimulus->next(), name))));
    sum += octave;
    squares += octave * octave;
  }
  const double mean = sum / kCount;
  return {mean, std::sqrt(squares / kCount - mean * mean)};
}

// Of a hundredth step: 1 - beta^100 of the squared size, which varies by 1.6 octaves.
TEST(UpdateStimulus, SecondMomentsAreBiasedMeansOfSquares) {
  for (const auto& [unit, name] : {std::pair{Unit::madam_lane, "moment"}, {Unit::adam_lane, "second"}}) {
    const Octaves second = octaves(unit, name);
    EXPECT_NEAR(second.mean, std::log2(1 - std::pow(0.999, 100)), 0.1);
    EXPECT_NEAR(second.deviation, 2 * 1.6, 0.1);
  }
}

// The logarithm of a normal number's magnitude has the mean -(Euler's constant + ln 2) / 2 and the variance
// pi^2 / 8.
TEST(UpdateStimulus, FirstMomentsAreDecayingSumsOfGradientsOfEitherSign) {
  const double mean = -(0.57721566 + std::log(2)) / 2 / std::log(2);
  const double deviation = std::hypot(1.6, M_PI / std::sqrt(8) / std::log(2));
  const double sum = -std::log2(1 - 0.9 * 0.9) / 2;
  const Octaves sgd = octaves(Unit::sgd_lane, "moment"), adam = octaves(Unit::adam_lane, "first");
  EXPECT_NEAR(sgd.mean, mean + sum, 0.1);
  EXPECT_NEAR(sgd.deviation, deviation, 0.1);
  EXPECT_NEAR(adam.mean, mean + sum + std::log2(1 - 0.9), 0.1);
  EXPECT_NEAR(adam.deviation, deviation, 0.1);
}

TEST(UpdateStimulus, HasTheZerosAndWeightsThatTheStreamSays) {
  const auto stimulus = make_update_stimulus(update_lane(Unit::sgd_lane), log_normal(), 4);
  double zeros = 0, octaves = 0;
  constexpr int kCount = 20000;
  for (int i = 0; i < kCount; ++i) {
    const std::vector<PortValue> values = stimulus->next();
    zeros += (port(values, "gradient") & 0x7fff) == 0 ? 1 : 0;
    octaves += std::log2(std::abs(single(port(values, "weight"))));
  }
  EXPECT_NEAR(zeros / kCount, 0.25, 0.015);
  EXPECT_NEAR(octaves / kCount, 0, 0.06);
}

}  // namespace
}  // namespace lnsim::characterise
