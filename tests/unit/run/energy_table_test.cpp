#include "sim/run/energy/energy_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "sim/base/errors.h"
#include "sim/run/config/run_config.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

const fs::path kTables = fs::path(LNSIM_SOURCE_DIR) / "configs/energy";
const fs::path kAccelerators = fs::path(LNSIM_SOURCE_DIR) / "configs/accelerators";

AcceleratorParameters machine_of(const std::string& config) {
  return read_run_config(kAccelerators / (config + ".yaml")).machine;
}

EnergyCosts published_45nm(const AcceleratorParameters& machine) {
  return read_energy_table(kTables / "published-45nm.yaml", machine);
}

EnergyCosts system_45nm(const AcceleratorParameters& machine) {
  return read_energy_table(kTables / "system-45nm.yaml", machine);
}

EnergyCosts pe_level(const AcceleratorParameters& machine) {
  return read_energy_table(kTables / "pe-level-published.yaml", machine);
}

// A table in which every event costs nothing, except those given.
EnergyCosts read_table(const std::map<std::string, std::string>& entries,
                       const AcceleratorParameters& machine) {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  const fs::path path = fs::path(testing::TempDir()) / fmt::format("energy_table_test.{}.yaml", test->name());
  {
    std::ofstream file(path);
    file << "name: t\nconditions: {node: n, voltage: v, temperature: c, includes: i}\nevents:\n";
    for (const EventRow& row : kEvents) {
      const auto found = entries.find(std::string(row.name));
      file << "  " << row.name << ": "
           << (found == entries.end() ? "{pj: 0, source: none, basis: our_choice}" : found->second) << "\n";
    }
  }
  EnergyCosts costs = read_energy_table(path, machine);
  fs::remove(path);
  return costs;
}

std::string points(const std::string& selector, const std::vector<std::pair<double, double>>& pairs,
                   const std::string& basis = "published") {
  std::string text;
  for (const auto& [at, pj] : pairs) {
    text += fmt::format("{}{{at: {}, pj: {}, source: s{}, basis: {}}}", text.empty() ? "" : ", ", at, pj, at,
                        basis);
  }
  return fmt::format("{{{}: [{}]}}", selector, text);
}

TEST(EnergyTable, the_default_table_prices_every_event_of_every_committed_machine_with_a_source) {
  for (const auto& entry : fs::directory_iterator(kAccelerators)) {
    const RunConfig config = read_run_config(entry.path());
    const EnergyCosts costs =
        read_energy_table(entry.path().parent_path() / config.energy_table, config.machine);
    for (const EventRow& row : kEvents) {
      const EventCost& cost = costs.of[static_cast<std::size_t>(row.event)];
      EXPECT_FALSE(cost.source.empty()) << entry.path() << " " << row.name;
      EXPECT_NE(cost.basis, Basis::scaled) << entry.path() << " " << row.name;
      EXPECT_GE(cost.pj, 0.0);
      EXPECT_TRUE(std::isfinite(cost.pj));
    }
  }
}

TEST(EnergyTable, the_system_table_prices_every_committed_machine_and_leaves_no_cycle_free) {
  for (const auto& entry : fs::directory_iterator(kAccelerators)) {
    const EnergyCosts costs = system_45nm(read_run_config(entry.path()).machine);
    for (const EventRow& row : kEvents) {
      if (row.component != "leakage") continue;
      EXPECT_GT(costs.pj(row.event), 0.0) << entry.path() << " " << row.name;
    }
    EXPECT_GT(costs.pj(Event::pe_clock_cycle), 0.0);
    EXPECT_GT(costs.pj(Event::system_clock_cycle), 0.0);
  }
}

TEST(EnergyTable, committed_tables_have_names_of_their_own) {
  EXPECT_NE(published_45nm({}).table, pe_level({}).table);
  EXPECT_NE(published_45nm({}).conditions, pe_level({}).conditions);
}

TEST(EnergyTable, the_pe_level_table_gives_the_published_energy_per_iteration_of_bert) {
  struct Row {
    const char* config;
    double base_mj, large_mj;  // as published
  };
  // A forward pass has 12 L h^2 S + 2 L S^2 h multiply-accumulates; an iteration three times as many.
  const auto iteration_macs = [](double layers, double hidden) {
    const double sequence = 384.0;
    return 3.0 * (12.0 * layers * hidden * hidden * sequence + 2.0 * layers * sequence * sequence * hidden);
  };
  for (const Row& row : {Row{"lns-madam", 7.99, 27.85}, Row{"fp8-e4m3", 18.23, 63.58},
                         Row{"fp16", 37.21, 129.74}, Row{"fp32", 89.35, 311.58}}) {
    const double pj = pe_level(machine_of(row.config)).pj(Event::datapath_mac);
    // Half a unit of the last published digit.
    EXPECT_NEAR(pj * 1e-9 * iteration_macs(12, 768), row.base_mj, 0.005) << row.config;
    EXPECT_NEAR(pj * 1e-9 * iteration_macs(24, 1024), row.large_mj, 0.005) << row.config;
  }
}

TEST(EnergyTable, the_pe_level_table_charges_multiply_accumulates_and_nothing_else) {
  const EnergyCosts costs = pe_level({});
  for (const EventRow& row : kEvents) {
    if (row.event == Event::datapath_mac) continue;
    EXPECT_EQ(costs.pj(row.event), 0.0) << row.name;
  }
}

TEST(EnergyTable, the_pe_level_table_does_not_speak_for_datapaths_that_were_not_published) {
  EXPECT_THROW(pe_level(machine_of("bf16")), UserError);
  EXPECT_THROW(pe_level(machine_of("int8")), UserError);
}

TEST(EnergyTable, the_45_nm_table_adds_published_operations) {
  EXPECT_DOUBLE_EQ(published_45nm(machine_of("fp32")).pj(Event::datapath_mac), 3.7 + 0.9);
  EXPECT_DOUBLE_EQ(published_45nm(machine_of("fp16")).pj(Event::datapath_mac), 1.1 + 0.9);
  EXPECT_DOUBLE_EQ(published_45nm(machine_of("int8")).pj(Event::datapath_mac), 0.2 + 0.075);
  EXPECT_DOUBLE_EQ(published_45nm({}).pj(Event::dram_read_byte), 3.9 * 8);
  EXPECT_DOUBLE_EQ(published_45nm({}).pj(Event::operand_bus_byte), 0.054 * 8);
}

TEST(EnergyTable, the_45_nm_multiplies_of_narrow_floats_lie_on_the_line_through_fp16_and_fp32) {
  const double exponent = std::log(3.7 / 1.1) / std::log(24.0 / 11.0);
  const auto mac = [&](double significand_bits) {
    return 1.1 * std::pow(significand_bits / 11.0, exponent) + 0.9;
  };
  EXPECT_NEAR(published_45nm(machine_of("bf16")).pj(Event::datapath_mac), mac(8), 0.0005);
  EXPECT_NEAR(published_45nm(machine_of("fp8-e4m3")).pj(Event::datapath_mac), mac(4), 0.0005);
  EXPECT_NEAR(published_45nm(machine_of("fp8-e5m2")).pj(Event::datapath_mac), mac(3), 0.0005);
}

TEST(EnergyTable, the_45_nm_lns_multiply_accumulate_follows_its_derivation) {
  AcceleratorParameters machine;
  for (const unsigned entries : {1U, 2U, 4U, 8U, 16U}) {
    const double n = entries;
    const double gamma = std::max(8.0, n);
    // Adders of the bins' trees that see a product, of 32 products spread evenly.
    double adders = 0.0;
    for (int level = 1; level <= 5; ++level) {
      adders += n * std::exp2(5 - level) * (1.0 - std::pow(1.0 - 1.0 / n, std::exp2(level)));
    }
    const double pj = 0.03 + (1.0 + std::log2(gamma / n)) * 0.013 + adders / 32.0 * 0.075 +
                      (n - 1.0) * (0.2 * 24 * 9 / 64.0 + 0.075) / 32.0;
    machine.datapath.table_entries = entries;
    EXPECT_NEAR(published_45nm(machine).pj(Event::datapath_mac), pj, 0.0005) << entries;
  }
}

TEST(EnergyTable, sram_at_45_nm_meets_the_published_sizes) {
  AcceleratorParameters machine;
  const auto pj_per_64_bit = [&](std::uint32_t bytes) {
    machine.pe.buffer_a.capacity_bytes = bytes;
    return published_45nm(machine).pj(Event::buffer_a_read_byte) * 8;
  };
  EXPECT_DOUBLE_EQ(pj_per_64_bit(8U << 10), 10);
  EXPECT_DOUBLE_EQ(pj_per_64_bit(32U << 10), 20);
  EXPECT_DOUBLE_EQ(pj_per_64_bit(1U << 20), 100);
}

TEST(EnergyTable, DRAM_costs_what_its_type_costs) {
  const std::map<DramType, double> pj_per_bit{{DramType::hbm2, 3.9},
                                              {DramType::lpddr4, 8.0},
                                              {DramType::gddr5, 14.0},
                                              {DramType::ddr3, 70.0},
                                              {DramType::ddr4, 1.2 * 145 / (8 * 2.4)}};  // V x mA / (Gbit/s)
  for (const auto& [type, pj] : pj_per_bit) {
    AcceleratorParameters machine;
    machine.dram.type = type;
    for (const EnergyCosts& costs : {published_45nm(machine), system_45nm(machine)}) {
      EXPECT_NEAR(costs.pj(Event::dram_read_byte), 8 * pj, 1e-9);
      EXPECT_NEAR(costs.pj(Event::dram_write_byte), 8 * pj, 1e-9);
    }
  }
}

TEST(EnergyTable, wires_of_the_system_cost_by_their_length) {
  AcceleratorParameters machine;
  machine.bus.operand_mm = 10;
  machine.bus.return_mm = 5;
  machine.clock.tree_mm = 3;
  const EnergyCosts costs = system_45nm(machine);
  // 256 random bits over 10 mm: 310 pJ (Keckler 2011), half of them transitions.
  EXPECT_NEAR(costs.pj(Event::operand_bus_byte) * 32, 310, 0.2);
  EXPECT_NEAR(costs.pj(Event::return_bus_byte) * 32 * 2, 310, 0.2);
  EXPECT_NEAR(costs.pj(Event::system_clock_cycle), 2 * 310.0 / 128 / 10 * 3, 0.01);
}

TEST(EnergyTable, registers_of_the_system_are_clocked_in_every_cycle) {
  AcceleratorParameters machine;  // 8-bit operands, 24-bit sums, 5 stages
  const double bits = 33.0 * 32 * 8 + 32.0 * 5 * 24;
  // DFF_X1 of Nangate 45 holding a value, mean of both: internal energy of both edges and the load of the
  // pin, in fJ.
  const double held = (4.497803 + 2.441622 + 4.265302 + 2.627385) / 2 + 0.949653 * 1.1 * 1.1;
  EXPECT_NEAR(system_45nm(machine).pj(Event::pe_clock_cycle), bits * held * 1e-3 * 0.81 / 1.21, 0.02);
}

// Of a lane with its share of the B vector, and its collector, for machines whose operands all have one
// width.
double register_bits_of_lane(const AcceleratorParameters& machine) {
  const double operand = arith::make_format(machine.formats.weight)->storage_bits();
  const bool is_narrow =
      machine.datapath.kind == arith::DatapathKind::lns || machine.datapath.kind == arith::DatapathKind::int8;
  const double sum = is_narrow ? machine.datapath.accumulator_bits : 32;
  const double lanes = machine.pe.lanes;
  return (lanes + 1) / lanes * machine.pe.vector_size * operand +
         (machine.datapath.pipeline_stages + machine.pe.collector_entries) * sum;
}

TEST(EnergyTable, lanes_of_the_system_leak_by_the_area_of_their_units_and_by_their_registers) {
  const double adder_24 = 278.0 * 24 / 32;
  const auto multiplier = [](double product_of_widths) { return 6350.0 * product_of_widths / 1024; };
  const auto mw = [](double square_micrometres) { return square_micrometres * 19e-6; };
  const auto lane_pj = [](AcceleratorParameters machine) {
    machine.clock.frequency_ghz = 0.5;
    machine.pe.vector_size = 16;
    const double registers = register_bits_of_lane(machine) * 7e-5;
    return (system_45nm(machine).pj(Event::datapath_leakage_cycle) / 2 - registers) / 16;  // 2 ns
  };
  for (const unsigned entries : {1U, 2U, 4U, 8U, 16U}) {
    AcceleratorParameters machine;
    machine.datapath.table_entries = entries;
    const double n = entries;
    const double area =
        278.0 * 8 / 32 + 250 + n * 31 / 32 * adder_24 + (n - 1) * (multiplier(24 * 9) + adder_24) / 32;
    EXPECT_NEAR(lane_pj(machine), mw(area), 6e-6) << entries;
  }
  EXPECT_NEAR(lane_pj(machine_of("int8")), mw(multiplier(64) + adder_24), 6e-6);
  for (const auto& [config, significand] : std::map<std::string, double>{
           {"fp32", 24}, {"fp16", 11}, {"bf16", 8}, {"fp8-e4m3", 4}, {"fp8-e5m2", 3}}) {
    EXPECT_NEAR(lane_pj(machine_of(config)), mw(multiplier(significand * significand) + 250 + 278 + 250),
                6e-6)
        << config;
  }
}

TEST(EnergyTable, the_collector_of_the_system_is_a_register_file) {
  AcceleratorParameters machine;
  machine.pe.collector_entries = 16;
  machine.datapath.accumulator_bits = 20;
  const double bit =
      2 * 0.009 + 4 * 3 * 0.0181 / 32 + 0.1 / 32;  // register, four levels of multiplexers, adder
  EXPECT_NEAR(system_45nm(machine).pj(Event::collector_accumulate), 20 * bit, 0.001);
}

TEST(EnergyCost, between_two_points_the_logarithms_lie_on_a_line) {
  AcceleratorParameters machine;
  const std::map<std::string, std::string> table{
      {"buffer_b.read_byte", points("by_capacity_bytes", {{4096, 1.0}, {65536, 4.0}, {131072, 8.0}})}};
  const auto pj = [&](std::uint32_t bytes) {
    machine.pe.buffer_b.capacity_bytes = bytes;
    return read_table(table, machine).pj(Event::buffer_b_read_byte);
  };
  EXPECT_DOUBLE_EQ(pj(4096), 1.0);
  EXPECT_DOUBLE_EQ(pj(16384), 2.0);  // pj ~ sqrt(size) on the first stretch
  EXPECT_DOUBLE_EQ(pj(65536), 4.0);
  EXPECT_DOUBLE_EQ(pj(1024), 0.5);     // four times beyond the first point
  EXPECT_DOUBLE_EQ(pj(524288), 32.0);  // pj ~ size on the last stretch, four times beyond
  EXPECT_THROW(pj(1023), UserError);
  EXPECT_THROW(pj(524289), UserError);
}

TEST(EnergyCost, a_figure_between_points_says_so_and_is_derived) {
  AcceleratorParameters machine;
  machine.pe.buffer_b.capacity_bytes = 16384;
  const auto cost = [&](const std::string& basis) {
    const auto entry = points("by_capacity_bytes", {{4096, 1.0}, {65536, 4.0}}, basis);
    return read_table({{"buffer_b.read_byte", entry}}, machine)
        .of[static_cast<std::size_t>(Event::buffer_b_read_byte)];
  };
  EXPECT_EQ(cost("published").basis, Basis::derived);
  EXPECT_EQ(cost("our_choice").basis, Basis::our_choice);
  EXPECT_EQ(cost("published").source,
            "at 16384 B, on the log-log line through 4096 and 65536: s4096 | s65536");
}

TEST(EnergyCost, zero_at_all_points_is_zero_between_them) {
  const auto entry = points("by_capacity_bytes", {{4096, 0.0}, {65536, 0.0}});
  EXPECT_EQ(read_table({{"buffer_b.read_byte", entry}}, {}).pj(Event::buffer_b_read_byte), 0.0);
}

TEST(EnergyCost, widths_and_capacities_are_those_of_the_events_own_unit) {
  AcceleratorParameters machine;
  machine.formats.weight.bits = 7;
  machine.formats.activation.bits = 6;
  machine.formats.activation.zero = arith::ZeroCode::flag;  // stores one more bit
  machine.formats.update.bits = 12;
  machine.datapath.accumulator_bits = 20;
  machine.pe.collector_entries = 8;
  machine.global_buffer.capacity_kib = 64;
  // A cost of 1 pJ per unit of size makes the size visible.
  const auto size = [&](const char* name, Event event, const char* selector) {
    const auto entry = points(selector, {{2, 2}, {1048576, 1048576}});
    return std::round(read_table({{name, entry}}, machine).pj(event) * 1000) / 1000;
  };
  EXPECT_EQ(size("datapath.mac", Event::datapath_mac, "by_bits"), 7);
  EXPECT_EQ(size("datapath.idle_mac", Event::datapath_idle_mac, "by_table_entries"), 8);
  EXPECT_EQ(size("collector.accumulate", Event::collector_accumulate, "by_bits"), 20);
  EXPECT_EQ(size("collector.transfer_byte", Event::collector_transfer_byte, "by_capacity_bytes"), 20);
  EXPECT_EQ(size("ppu.value", Event::ppu_value, "by_bits"), 7);
  EXPECT_EQ(size("vector_unit.operation", Event::vector_unit_operation, "by_bits"), 7);
  EXPECT_EQ(size("weight_update.parameter", Event::weight_update_parameter, "by_bits"), 12);
  EXPECT_EQ(size("global_buffer.write_byte", Event::global_buffer_write_byte, "by_capacity_bytes"), 65536);
  EXPECT_EQ(size("buffer_a.write_byte", Event::buffer_a_write_byte, "by_capacity_bytes"), 131072);
}

TEST(EnergyCost, a_float_lane_accumulates_in_32_bits_and_has_no_table) {
  const AcceleratorParameters machine = machine_of("fp16");
  const auto bits = points("by_bits", {{2, 2}, {1024, 1024}});
  EXPECT_NEAR(read_table({{"collector.accumulate", bits}}, machine).pj(Event::collector_accumulate), 32.0,
              1e-9);
  const auto entries = points("by_table_entries", {{2, 2}, {1024, 1024}});
  EXPECT_THROW(read_table({{"datapath.mac", entries}}, machine), UserError);
}

// Octaves of an operand: (2^(bits - 1) - 1) / gamma.
TEST(EnergyCost, a_lane_is_as_large_as_its_widest_product) {
  AcceleratorParameters machine;
  FormatsParameters& formats = machine.formats;
  const auto octaves = [&] {
    const auto entry = points("by_product_octaves", {{1, 1}, {4096, 4096}});
    return std::round(read_table({{"datapath.mac", entry}}, machine).pj(Event::datapath_mac) * 1e6) / 1e6;
  };
  EXPECT_EQ(octaves(), 31.75);  // 8 bits, base factor 8: 127 / 8 twice
  formats.weight = formats.error = {.bits = 6, .gamma = 4};
  EXPECT_EQ(octaves(), 31.75);  // of activations with each other, in attention
  formats.activation = {.bits = 6, .gamma = 4};
  EXPECT_EQ(octaves(), 15.5);
  formats.error = {.bits = 7, .gamma = 4};
  EXPECT_EQ(octaves(), 7.75 + 15.75);
  formats.weight = {.bits = 8, .gamma = 4};
  EXPECT_EQ(octaves(), 31.75 + 15.75);
}

TEST(EnergyCost, points_may_hold_other_points) {
  const std::string entry =
      fmt::format("{{by_table_entries: [{{at: 2, pj: 1, source: s, basis: published}}, {{at: 8, {}]}}",
                  points("by_product_octaves", {{7.75, 1.0}, {31.0, 16.0}}).substr(1));
  AcceleratorParameters machine;
  FormatsParameters& formats = machine.formats;
  formats.weight = formats.activation = formats.error = {.bits = 6, .gamma = 4};  // 15.5 octaves
  const auto pj = [&](unsigned table_entries) {
    machine.datapath.table_entries = table_entries;
    return read_table({{"datapath.mac", entry}}, machine).pj(Event::datapath_mac);
  };
  EXPECT_EQ(pj(2), 1.0);
  EXPECT_DOUBLE_EQ(pj(8), 4.0);  // half way between the logarithms of 1 and 16
  EXPECT_DOUBLE_EQ(pj(4), 2.0);  // half way between those of 1 and 4
}

TEST(EnergyCost, selectors_by_name_may_hold_other_selectors) {
  AcceleratorParameters machine;
  const std::string entry = fmt::format(
      "{{by_datapath: {{fp32: {{pj: 9, source: s, basis: published}}, lns: {{by_optimizer: {{sgd: {{pj: 8, "
      "source: s, basis: "
      "published}}, madam: {}}}}}}}}}",
      points("by_table_entries", {{4, 3.0}, {8, 5.0}}));
  EXPECT_EQ(read_table({{"datapath.mac", entry}}, machine).pj(Event::datapath_mac), 5.0);
  machine.optimizer.kind = OptimizerKind::sgd;
  EXPECT_EQ(read_table({{"datapath.mac", entry}}, machine).pj(Event::datapath_mac), 8.0);
  machine.datapath.kind = arith::DatapathKind::fp32;
  EXPECT_EQ(read_table({{"datapath.mac", entry}}, machine).pj(Event::datapath_mac), 9.0);
}

TEST(EnergyCost, sums_add_costs_and_are_as_sure_as_their_least_sure_part) {
  const std::string entry =
      "{sum: [{pj: 3, source: a, basis: characterised, uncertainty: [0.5, 2]}, {pj: 1, source: b, basis: "
      "derived}]}";
  const EventCost cost =
      read_table({{"ppu.value", entry}}, {}).of[static_cast<std::size_t>(Event::ppu_value)];
  EXPECT_EQ(cost.pj, 4.0);
  EXPECT_EQ(cost.basis, Basis::derived);
  EXPECT_DOUBLE_EQ(cost.uncertainty.low, 2.5 / 4);
  EXPECT_DOUBLE_EQ(cost.uncertainty.high, 7.0 / 4);
  EXPECT_EQ(cost.source, "3 pJ: a + 1 pJ: b");
}

TEST(EnergyCost, factors_are_sizes_of_the_machine) {
  AcceleratorParameters machine;
  machine.clock.frequency_ghz = 0.25;
  machine.bus.return_mm = 3;
  const EventCost cost =
      read_table({{"return_bus.byte", "{pj: 2, source: s, basis: published, times: [mm, ns]}"}}, machine)
          .of[static_cast<std::size_t>(Event::return_bus_byte)];
  EXPECT_EQ(cost.pj, 2.0 * 3 * 4);
  EXPECT_EQ(cost.source, "2 pJ (s) x 3 mm x 4 ns");
  EXPECT_EQ(cost.basis, Basis::published);
}

TEST(EnergyCost, float_accumulation_and_vector_size_select_too) {
  AcceleratorParameters machine = machine_of("fp16");
  machine.pe.vector_size = 8;
  machine.datapath.float_accumulation = arith::FloatAccumulation::per_step;
  const std::string entry = fmt::format(
      "{{by_datapath: {{fp16: {{by_float_accumulation: {{per_step: {}, fused: {{pj: 9, source: s, basis: "
      "characterised}}}}}}}}}}",
      points("by_vector_size", {{4, 1.0}, {16, 4.0}}));
  EXPECT_DOUBLE_EQ(read_table({{"datapath.mac", entry}}, machine).pj(Event::datapath_mac), 2.0);
  machine.datapath.float_accumulation = arith::FloatAccumulation::fused;
  EXPECT_EQ(read_table({{"datapath.mac", entry}}, machine).pj(Event::datapath_mac), 9.0);
}

TEST(EnergyTable, extends_another_one_and_overrides_its_entries) {
  const fs::path path = fs::path(testing::TempDir()) / "extending.yaml";
  std::ofstream(path) << "name: mine\nextends: " << (kTables / "system-45nm.yaml").generic_string()
                      << "\nconditions: {node: n, voltage: v, temperature: c, includes: i}\nevents:\n"
                      << "  datapath.mac: {pj: 0.25, basis: characterised, source: s}\n";
  const EnergyCosts mine = read_energy_table(path, {});
  const EnergyCosts base = system_45nm({});
  EXPECT_EQ(mine.table, "mine");
  EXPECT_EQ(mine.pj(Event::datapath_mac), 0.25);
  for (const EventRow& row : kEvents) {
    if (row.event == Event::datapath_mac) continue;
    EXPECT_EQ(mine.pj(row.event), base.pj(row.event)) << row.name;
  }
  ASSERT_EQ(mine.extended.size(), 2U);
  EXPECT_EQ(mine.extended[0].filename(), "system-45nm.yaml");
  EXPECT_EQ(mine.extended[1].filename(), "published-45nm.yaml");
  EXPECT_FALSE(mine.technology);  // it does not say the same as the tables it extends
  EXPECT_TRUE(base.technology);
  fs::remove(path);
}

TEST(EnergyTable, reports_the_mistakes_of_the_table_that_it_extends_under_that_name) {
  const fs::path broken = fs::path(LNSIM_SOURCE_DIR) / "tests/data/bad_energy/energy_negative.yaml";
  const fs::path path = fs::path(testing::TempDir()) / "extending_a_broken_one.yaml";
  std::ofstream(path) << "name: mine\nextends: " << broken.generic_string()
                      << "\nconditions: {node: n, voltage: v, temperature: c}\nevents: {}\n";
  try {
    read_energy_table(path, {});
    ADD_FAILURE() << "read without a complaint";
  } catch (const UserError& error) {
    EXPECT_EQ(std::string(error.what()),
              path.generic_string() + ":3:1: conditions.includes: got nothing, expected text\n" +
                  broken.generic_string() +
                  ":16:22: events.datapath.mac.pj: got -0.5, expected a number from 0 to 1000000000 (pJ)");
  }
  fs::remove(path);
}

TEST(EnergyTable, name_and_conditions_are_kept_for_the_report) {
  const EnergyCosts costs = read_table({}, {});
  EXPECT_EQ(costs.table, "t");
  EXPECT_EQ(costs.conditions, "n, v, c; i");
}

}  // namespace
}  // namespace lnsim
