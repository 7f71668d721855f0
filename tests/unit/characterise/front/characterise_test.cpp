// From a specification to a table, with the cell library that Debian packages.
#include "tools/characterise/characterise.h"

#include <gtest/gtest.h>

#include <fstream>

#include "sim/base/errors.h"
#include "sim/run/compare/characterised.h"
#include "sim/run/compare/usual_formats.h"
#include "sim/run/energy/energy_table.h"
#include "tests/unit/temporary_folder.h"
#include "tools/characterise/energy_entries.h"
#include "tools/characterise/report_file.h"

namespace lnsim::characterise {
namespace {

Specification small() {
  Specification specification;
  specification.name = "small";
  specification.largest_cycles = 256;
  specification.table_stream = "uniform";
  DesignParameters lane;
  lane.name = "int8";
  lane.vector_size = lane.collector_entries = 2;
  lane.datapath.kind = arith::DatapathKind::int8;
  lane.datapath.pipeline_stages = 2;
  lane.datapath.accumulator_bits = 16;
  specification.designs.push_back(lane);
  DesignParameters quantiser;
  quantiser.name = "quantiser";
  quantiser.unit = Unit::ppu_quantiser;
  quantiser.datapath.accumulator_bits = 10;
  quantiser.datapath.quantiser_bits = 5;
  quantiser.output.bits = 5;
  quantiser.output.gamma = quantiser.operand_a.gamma = quantiser.operand_b.gamma = 2;
  specification.designs.push_back(quantiser);
  StreamParameters stream;
  stream.name = "uniform";
  specification.streams.push_back(stream);
  return specification;
}

Characterisation characterised(unsigned jobs) {
  const TemporaryFolder folder;
  CharacteriseOptions options;
  options.liberty = {OSU018_LIBERTY};
  options.folder = folder.path();
  options.tools.rtl = LNSIM_SOURCE_DIR "/models/rtl";
  options.jobs = jobs;
  return characterise(small(), options, [](const std::string&) {});
}

const Characterisation& once() {
  static const Characterisation result = characterised(1);
  return result;
}

TEST(Characterise, BlocksAndKindsAddUpToTheWhole) {
  for (const DesignResult& design : once().designs) {
    double area = 0;
    std::size_t cells = 0;
    for (const BlockResult& block : design.blocks) {
      area += block.area_um2;
      cells += block.cells;
    }
    EXPECT_NEAR(area, design.area_um2, 1e-9 * design.area_um2);
    EXPECT_EQ(cells, design.cells);
    for (const StreamResult& stream : design.streams) {
      for (const StreamEnergy* energy : {&stream.delayed, &stream.glitch_free}) {
        CycleEnergy sum;
        for (const CycleEnergy& block : energy->by_block) sum += block;
        const double whole = energy->total.total_fj();
        EXPECT_GT(whole, 0);
        EXPECT_NEAR(sum.total_fj(), whole, 1e-9 * whole);
        EXPECT_NEAR(sum.combinational_fj, energy->total.combinational_fj, 1e-9 * whole);
        EXPECT_NEAR(sum.sequential_fj, energy->total.sequential_fj, 1e-9 * whole);
        EXPECT_NEAR(sum.clock_fj, energy->total.clock_fj, 1e-9 * whole);
        EXPECT_NEAR(sum.leakage_fj, energy->total.leakage_fj, 1e-9 * whole);
      }
    }
  }
}

TEST(Characterise, GlitchesCostEnergyAndIdleOperandsSaveIt) {
  const DesignResult& lane = once().designs.front();
  ASSERT_EQ(lane.streams.size(), 3u);
  const StreamResult &work = lane.streams[0], &zeros = lane.streams[1], &held = lane.streams[2];
  EXPECT_GT(work.delayed.total.combinational_fj, work.glitch_free.total.combinational_fj);
  EXPECT_LT(zeros.delayed.total.total_fj(), work.delayed.total.total_fj());
  EXPECT_LT(held.delayed.total.total_fj(), zeros.delayed.total.total_fj());
  // Nothing changes but the clock.
  EXPECT_EQ(held.delayed.total.combinational_fj, 0);
  EXPECT_EQ(held.delayed.total.sequential_fj, 0);
}

TEST(Characterise, InstrumentationIsNotThere) {
  // Registers: A in two banks, B; products of 17 bits each; sums and their entries in the collector and
  // behind it; the control of a beat in the wrapper and beside the pipeline, of which entries of the
  // collector are one bit.
  const DesignResult& lane = once().designs.front();
  const std::size_t operands = 2 * 16 + 16 + 4, collector = 2 * 16 + 16 + 1, pipeline = 2 * 17 + 3;
  // A single count has 16 bits.
  EXPECT_LT(lane.flip_flops, operands + collector + pipeline + 16);
}

TEST(Characterise, GivesTheSameFileWhateverTheNumberOfJobs) {
  EXPECT_EQ(yaml_text(characterisation_json(once())), yaml_text(characterisation_json(characterised(2))));
}

TEST(Characterise, GivesEntriesForEnergyTables) {
  const nlohmann::ordered_json events = energy_entries(once());
  const auto& mac = events.at("datapath.mac").at("by_datapath").at("int8");
  EXPECT_EQ(mac.at("basis"), "characterised");
  EXPECT_GT(mac.at("pj").get<double>(), events.at("datapath.idle_mac").at("by_datapath").at("int8").at("pj"));
  EXPECT_GT(events.at("ppu.value").at("pj"), 0);
  // What a beat costs is in its products, its accumulation and the other lanes' share of an operand register.
  const DesignResult& lane = once().designs.front();
  double shared = 0;
  for (std::size_t i = 0; i < lane.blocks.size(); ++i)
    if (lane.blocks[i].name == kSharedOperand) shared = lane.streams[0].delayed.by_block[i].dynamic_fj();
  const double accumulate = events.at("collector.accumulate").at("by_datapath").at("int8").at("pj");
  const double whole = lane.streams[0].delayed.total.dynamic_fj();
  EXPECT_NEAR(1000 * (2 * mac.at("pj").get<double>() + accumulate) + shared * 31 / 32, whole, 1e-4 * whole);
}

// Clock and leakage stand apart, each once: in cycles without a beat nothing else costs.
TEST(Characterise, GivesClockAndLeakageByTheCycle) {
  const nlohmann::ordered_json events = energy_entries(once());
  const DesignResult& lane = once().designs.front();
  const CycleEnergy& held = lane.streams[2].delayed.total;
  double shared = 0;
  for (std::size_t i = 0; i < lane.blocks.size(); ++i)
    if (lane.blocks[i].name == kSharedOperand) shared = lane.streams[2].delayed.by_block[i].clock_fj;
  const auto& idle = events.at("datapath.idle_cycle");
  EXPECT_EQ(idle.at("times"), nlohmann::ordered_json({"vector_size"}));
  EXPECT_NEAR(2000 * idle.at("by_datapath").at("int8").at("pj").get<double>(),
              held.clock_fj - shared * 31 / 32, 1e-4 * held.clock_fj);
  const auto& leakage = events.at("datapath.leakage_cycle");
  EXPECT_EQ(leakage.at("times"), nlohmann::ordered_json({"vector_size", "ns"}));
  const double per_lane =
      2000 * leakage.at("by_datapath").at("int8").at("pj").get<double>() * lane.period_ps / 1000;
  const double whole = lane.streams[0].delayed.total.leakage_fj;
  EXPECT_LT(per_lane, whole);
  EXPECT_GT(per_lane, 0.5 * whole);
  EXPECT_EQ(events.at("pe.clock_cycle").at("pj"), 0);
}

TEST(Characterise, WritesAnEnergyTableOnTopOfAnother) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "small.yaml";
  const std::string system = LNSIM_SOURCE_DIR "/configs/energy/system-45nm.yaml";
  std::ofstream(file) << yaml_text(characterisation_json(once(), system));
  AcceleratorParameters machine;
  give_usual_datapath(machine, arith::DatapathKind::int8);
  const EnergyCosts costs = read_energy_table(file, machine);
  EXPECT_EQ(costs.of[static_cast<std::size_t>(Event::datapath_mac)].basis, Basis::characterised);
  const nlohmann::ordered_json events = energy_entries(once());
  EXPECT_EQ(costs.pj(Event::datapath_mac), events.at("datapath.mac").at("by_datapath").at("int8").at("pj"));
  EXPECT_EQ(costs.pj(Event::pe_clock_cycle), 0);
  EXPECT_GT(costs.pj(Event::system_clock_cycle), 0);
}

TEST(Characterise, GivesAnEntryForTheOptimizerOfEachUpdateLane) {
  // The quantiser's figures under the names of lanes: what counts is where they go.
  Characterisation lanes = once();
  const DesignResult one = lanes.designs[1];
  lanes.designs.clear();
  for (const Unit unit : {Unit::madam_lane, Unit::sgd_lane, Unit::adam_lane}) {
    lanes.designs.push_back(one);
    lanes.designs.back().design.unit = unit;
  }
  const nlohmann::ordered_json events = energy_entries(lanes);
  EXPECT_EQ(events.size(), 1U);
  const auto& updates = events.at("weight_update.parameter").at("by_optimizer");
  EXPECT_EQ(updates.size(), 3U);
  const double whole = one.streams[0].delayed.total.total_fj();
  for (const char* optimizer : {"madam", "sgd", "adam"})
    EXPECT_NEAR(1000 * updates.at(optimizer).at("pj").get<double>(), whole, 1e-4 * whole);
}

TEST(Characterise, GivesLnsLanesByTableAndByOctavesOfProducts) {
  // The integer lane's figures under the names of others: what counts is where they go.
  Characterisation lanes = once();
  const DesignResult one = lanes.designs[0];
  lanes.designs.clear();
  const auto add = [&](unsigned table_entries, unsigned bits) {
    lanes.designs.push_back(one);
    DesignParameters& design = lanes.designs.back().design;
    design.datapath = {.table_entries = table_entries};
    design.operand_a.bits = design.operand_b.bits = bits;
  };
  add(8, 8);
  add(8, 6);
  add(4, 8);
  const auto lns = energy_entries(lanes).at("datapath.mac").at("by_datapath").at("lns");
  const auto& tables = lns.at("by_table_entries");
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[0].at("at"), 4);
  EXPECT_GT(tables[0].at("pj"), 0.0);
  EXPECT_EQ(tables[1].at("at"), 8);
  const auto& octaves = tables[1].at("by_product_octaves");
  ASSERT_EQ(octaves.size(), 2U);
  EXPECT_EQ(octaves[0].at("at"), 2 * 31 / 8.0);
  EXPECT_EQ(octaves[1].at("at"), 2 * 127 / 8.0);
  EXPECT_EQ(octaves[1].at("pj"), tables[0].at("pj"));
}

TEST(Characterise, WritesAFileThatComparisonsRead) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "small.yaml";
  std::ofstream(file) << yaml_text(characterisation_json(once()));
  const auto read = read_characterisation(file);
  ASSERT_EQ(read.datapaths.size(), 1U);
  const CharacterisedDatapath* int8 = read.find(arith::DatapathKind::int8, 1);
  ASSERT_NE(int8, nullptr);
  const nlohmann::ordered_json events = energy_entries(once());
  const double mac = events.at("datapath.mac").at("by_datapath").at("int8").at("pj");
  const double accumulate = events.at("collector.accumulate").at("by_datapath").at("int8").at("pj");
  const auto& leakage = events.at("datapath.leakage_cycle").at("by_datapath").at("int8").at("pj");
  const double leaked = leakage.get<double>() * once().designs.front().period_ps / 1000;
  EXPECT_NEAR(int8->fj_per_mac(), 1000 * (mac + accumulate / 2 + leaked), 1e-3 * int8->fj_per_mac());
  const DesignResult& lane = once().designs.front();
  double area = lane.area_um2;
  for (const BlockResult& block : lane.blocks)
    if (block.name == kSharedOperand) area -= block.area_um2 * 31 / 32;
  EXPECT_NEAR(int8->um2_per_multiplier(), area / 2, 1e-3 * area);
}

DesignParameters design(const char* name, Unit unit = Unit::lane) {
  DesignParameters result;
  result.name = name;
  result.unit = unit;
  return result;
}

// Neither library nor synthesis tool exists: the mistake is found before they are looked for.
TEST(Characterise, RefusesTwoDesignsForOneEntry) {
  Specification twice = small();
  twice.file = "small.yaml";
  for (const Unit unit : {Unit::madam_lane, Unit::sgd_lane, Unit::adam_lane, Unit::madam_lane})
    twice.designs.push_back(design("update", unit));
  twice.designs.push_back(design("lns4"));
  twice.designs.back().datapath.table_entries = 4;
  twice.designs.push_back(design("lns8"));
  twice.designs.push_back(design("lns8_narrow"));
  twice.designs.back().operand_a.bits = twice.designs.back().operand_b.bits = 7;
  twice.designs.push_back(design("lns8_unlisted"));
  twice.designs.back().energy_table = false;
  twice.designs.push_back(design("lns8_again"));
  twice.designs.push_back(twice.designs[0]);
  twice.designs.push_back(twice.designs[1]);
  CharacteriseOptions options;
  options.liberty = {"no.lib"};
  options.tools.yosys = "no-yosys";
  try {
    characterise(twice, options, [](const std::string&) {});
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "small.yaml: update.energy_table: got a second design for weight_update.parameter, expected "
                 "energy_table: false in all but one\n"
                 "small.yaml: lns8_again.energy_table: got a second design for datapath.mac, expected "
                 "energy_table: false in all but one\n"
                 "small.yaml: int8.energy_table: got a second design for datapath.mac, expected "
                 "energy_table: false in all but one\n"
                 "small.yaml: quantiser.energy_table: got a second design for ppu.value, expected "
                 "energy_table: false in all but one");
  }
}

TEST(YamlText, PutsListsOfMapsUnderDashes) {
  const nlohmann::ordered_json json{{"name", "x: y"},
                                    {"empty", nlohmann::ordered_json::array()},
                                    {"list", {{{"a", 1}, {"b", {{"c", {1.5, 2}}}}}, {{"d", "e"}}}}};
  EXPECT_EQ(yaml_text(json),
            "name: \"x: y\"\nempty: []\nlist:\n  - a: 1\n    b:\n      c:\n        - 1.5\n        - 2\n"
            "  - {d: \"e\"}\n");
}

}  // namespace
}  // namespace lnsim::characterise
