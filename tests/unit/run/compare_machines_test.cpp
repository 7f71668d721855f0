// The machines of a comparison, before anything runs.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "sim/base/errors.h"
#include "sim/run/compare/characterised.h"
#include "sim/run/compare/comparison.h"
#include "sim/run/compare/usual_formats.h"
#include "sim/run/config/effective_config.h"
#include "sim/run/energy/energy_table.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using arith::DatapathKind;
using arith::FormatKind;

const fs::path kConfigs = fs::path(LNSIM_SOURCE_DIR) / "configs/accelerators";

TEST(UsualFormats, are_those_of_the_committed_accelerators) {
  const RunConfig lns = read_run_config(kConfigs / "lns-madam.yaml");
  for (const char* name : {"lns-madam", "fp32", "fp16", "bf16", "fp8-e4m3", "fp8-e5m2", "int8"}) {
    const RunConfig committed = read_run_config(kConfigs / (std::string(name) + ".yaml"));
    RunConfig given = lns;
    give_usual_datapath(given.machine, committed.machine.datapath.kind);
    given.machine.name = committed.machine.name;
    EXPECT_EQ(effective_config(given), effective_config(committed)) << name;
  }
}

void expect_lanes_priced_by(const fs::path& table) {
  for (std::size_t kind = 0; kind < arith::kDatapathKindNames.size(); ++kind) {
    AcceleratorParameters machine;
    give_usual_datapath(machine, static_cast<DatapathKind>(kind));
    const EnergyCosts costs = read_energy_table(table, machine);
    EXPECT_EQ(costs.of[static_cast<std::size_t>(Event::datapath_mac)].basis, Basis::characterised)
        << table << " " << arith::kDatapathKindNames[kind];
  }
}

TEST(UsualFormats, are_priced_by_the_tables_of_characterised_lanes) {
  const fs::path tables = kConfigs.parent_path() / "energy";
  expect_lanes_priced_by(tables / "characterised/nangate45.yaml");
  // The other table is of lanes alone: there is no system of 7 nm to put it on.
  const fs::path path = fs::path(testing::TempDir()) / "lnsim_usual_formats.yaml";
  std::ofstream(path) << "extends: " << (tables / "system-45nm.yaml").generic_string() << '\n'
                      << std::ifstream(tables / "characterised/asap7.yaml").rdbuf();
  expect_lanes_priced_by(path);
  fs::remove(path);
}

TEST(UsualFormats, leave_the_depth_of_the_pipeline) {
  AcceleratorParameters machine;
  machine.datapath.pipeline_stages = 9;
  give_usual_datapath(machine, DatapathKind::fp16);
  EXPECT_EQ(machine.datapath.pipeline_stages, 9U);
}

TEST(OperandBits, are_those_of_the_widest_operand) {
  FormatsParameters formats;
  formats.activation = {.kind = FormatKind::lns, .bits = 6};
  formats.error = {.kind = FormatKind::lns, .bits = 12, .gamma = 64};
  formats.update = {.kind = FormatKind::fp32};
  EXPECT_EQ(operand_bits(formats), 12U);
}

TEST(ScaledMachine, holds_the_elements_of_buffers_ports_and_buses) {
  AcceleratorParameters machine;
  scale_operand_paths(machine, 8, 32);
  EXPECT_EQ(machine.pe.buffer_a.capacity_bytes, 4U * 131072);
  EXPECT_EQ(machine.pe.buffer_a.read_bytes_per_cycle, 4U * 64);
  EXPECT_EQ(machine.pe.buffer_b.capacity_bytes, 4U * 8192);
  EXPECT_EQ(machine.pe.buffer_b.read_bytes_per_cycle, 4U * 32);
  EXPECT_EQ(machine.bus.operand_bytes_per_cycle, 4U * 256);
  EXPECT_EQ(machine.bus.return_bytes_per_cycle, 4U * 128);
  EXPECT_EQ(machine.global_buffer.bank_bytes, 4U * 32);
}

TEST(ScaledMachine, leaves_memories_that_are_not_the_datapaths) {
  AcceleratorParameters machine;
  const AcceleratorParameters before = machine;
  scale_operand_paths(machine, 8, 16);
  EXPECT_EQ(machine.global_buffer.capacity_kib, before.global_buffer.capacity_kib);
  EXPECT_EQ(machine.dram.channel_bytes_per_cycle, before.dram.channel_bytes_per_cycle);
  EXPECT_EQ(machine.dma.outstanding_bursts, before.dma.outstanding_bursts);
  EXPECT_EQ(machine.pe.lanes, before.pe.lanes);
}

TEST(ScaledMachine, rounds_up_and_banks_to_a_power_of_two) {
  AcceleratorParameters machine;
  machine.pe.buffer_b.capacity_bytes = 100;
  scale_operand_paths(machine, 6, 8);
  EXPECT_EQ(machine.pe.buffer_b.capacity_bytes, 134U);  // 133.3
  EXPECT_EQ(machine.global_buffer.bank_bytes, 64U);     // 42.7
  AcceleratorParameters smaller;
  scale_operand_paths(smaller, 32, 8);
  EXPECT_EQ(smaller.pe.buffer_a.capacity_bytes, 131072U / 4);
}

TEST(ScaledMachine, keeps_the_configs_own_datapath_as_it_stands) {
  RunConfig config;
  config.machine.datapath.table_entries = 2;
  config.machine.formats.error = {.kind = FormatKind::lns, .bits = 6, .gamma = 2};
  EXPECT_EQ(effective_config(config_with_datapath(config, DatapathKind::lns, SizesHeld::elements)),
            effective_config(config));
  RunConfig fp16 = config_with_datapath(config, DatapathKind::fp16, SizesHeld::bytes);
  EXPECT_EQ(fp16.machine.pe.buffer_a.capacity_bytes, config.machine.pe.buffer_a.capacity_bytes);
  EXPECT_EQ(fp16.machine.formats.error.kind, FormatKind::fp16);
}

std::string message_of(const AcceleratorParameters& machine) {
  try {
    check_sizes(machine, "m.yaml with fp32");
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ScaledMachine, out_of_its_ranges_is_refused_with_all_that_is_wrong) {
  AcceleratorParameters machine;
  EXPECT_EQ(message_of(machine), "no error");
  machine.bus.operand_bytes_per_cycle = 1024;
  machine.pe.lanes = 2000;
  scale_operand_paths(machine, 8, 32);
  EXPECT_EQ(message_of(machine),
            "m.yaml with fp32: bus.operand_bytes_per_cycle: got 4096, expected an integer from 1 to 2048 "
            "(B/cycle)\n"
            "m.yaml with fp32: pe.lanes: got 2000, expected an integer from 1 to 1024 (lanes)");
}

TEST(ScaledMachine, needs_buffers_for_two_vectors) {
  AcceleratorParameters machine;
  give_usual_datapath(machine, DatapathKind::fp32);
  machine.pe.buffer_b.capacity_bytes = 255;
  EXPECT_EQ(
      message_of(machine),
      "m.yaml with fp32: pe.buffer_b.capacity_bytes: got 255, expected at least 256 (B): two vectors of 32 "
      "elements");
}

TEST(Characterisation, is_the_sum_of_its_blocks) {
  const fs::path path = fs::temp_directory_path() / "lnsim_characterised.yaml";
  std::ofstream(path) << R"(name: figures
conditions: {node: 7 nm, voltage: 0.7 V, temperature: 25 C, includes: lanes}
datapaths:
  - datapath: lns
    table_entries: 8
    source: a
    blocks:
      trees: {fj_per_mac: 8.5, um2_per_multiplier: 15}
      constants: {fj_per_mac: 2, um2_per_multiplier: 5.25}
  - {datapath: lns, table_entries: 1, source: b, blocks: {all: {fj_per_mac: 4, um2_per_multiplier: 7}}}
  - {datapath: fp32, source: c, blocks: {all: {fj_per_mac: 90, um2_per_multiplier: 0}}}
)";
  const Characterisation figures = read_characterisation(path);
  fs::remove(path);
  EXPECT_EQ(figures.name, "figures");
  EXPECT_EQ(figures.conditions, "7 nm, 0.7 V, 25 C; lanes");
  ASSERT_NE(figures.find(DatapathKind::lns, 8), nullptr);
  EXPECT_DOUBLE_EQ(figures.find(DatapathKind::lns, 8)->fj_per_mac(), 10.5);
  EXPECT_DOUBLE_EQ(figures.find(DatapathKind::lns, 8)->um2_per_multiplier(), 20.25);
  EXPECT_EQ(figures.find(DatapathKind::lns, 1)->source, "b");
  EXPECT_EQ(figures.find(DatapathKind::lns, 2), nullptr);
  EXPECT_EQ(figures.find(DatapathKind::fp32, 8)->source, "c");
  EXPECT_EQ(figures.find(DatapathKind::int8, 8), nullptr);
}

}  // namespace
}  // namespace lnsim
