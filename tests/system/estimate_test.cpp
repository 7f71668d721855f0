// Estimates of programs against their simulation.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "models/accelerator.h"
#include "models/cycle_events.h"
#include "models/estimate/program_cycles.h"
#include "models/estimate/program_events.h"
#include "sim/run/compile/compile.h"
#include "sim/run/distinct_operations.h"
#include "sim/run/iteration.h"
#include "sim/run/iteration_estimate.h"

namespace lnsim {
namespace {

struct Machine {
  const char* name;
  std::function<void(AcceleratorParameters&)> change;
};

// What a sweep over shapes of machines meets: each part in turn the one that all wait for.
const std::vector<Machine>& machines() {
  static const std::vector<Machine> kMachines{
      {"as it is", [](AcceleratorParameters&) {}},
      {"8 banks", [](AcceleratorParameters& m) { m.global_buffer.banks = 8; }},
      {"slow DRAM", [](AcceleratorParameters& m) { m.dram.latency_cycles = 500; }},
      {"3 PEs", [](AcceleratorParameters& m) { m.pe.count = 3; }},
      {"64 PEs", [](AcceleratorParameters& m) { m.pe.count = 64; }},
      {"8 lanes of 16", [](AcceleratorParameters& m) { m.pe.lanes = 8, m.pe.vector_size = 16; }},
      {"4 sums per lane", [](AcceleratorParameters& m) { m.pe.collector_entries = 4; }},
      {"2 DRAM channels", [](AcceleratorParameters& m) { m.dram.channels = 2; }},
      {"few bursts", [](AcceleratorParameters& m) { m.dma.outstanding_bursts = 64; }},
      {"narrow buses",
       [](AcceleratorParameters& m) {
         m.bus.operand_bytes_per_cycle = 64;
         m.bus.return_bytes_per_cycle = 32;
       }},
      {"wide memories",
       [](AcceleratorParameters& m) {
         m.dram.channels = 16;
         m.bus.return_bytes_per_cycle = 512;
       }},
      {"no multicast", [](AcceleratorParameters& m) { m.bus.multicast = false; }},
      {"a small global buffer", [](AcceleratorParameters& m) { m.global_buffer.capacity_kib = 256; }},
      {"small PE buffers",
       [](AcceleratorParameters& m) {
         m.pe.buffer_a.capacity_bytes = 16384;
         m.pe.buffer_b.capacity_bytes = 2048;
         m.pe.buffer_b.read_bytes_per_cycle = 8;
       }},
      {"a slow PPU", [](AcceleratorParameters& m) { m.pe.ppu.values_per_cycle = 8; }},
      {"slow vector units", [](AcceleratorParameters& m) { m.pe.vector_unit.operations_per_cycle = 4; }},
      {"one small update unit",
       [](AcceleratorParameters& m) { m.weight_update.count = 1, m.weight_update.lanes = 4; }},
      {"short queues", [](AcceleratorParameters& m) { m.control.queue_depth = 4; }},
  };
  return kMachines;
}

struct Compiled {
  Program program;
  double repeats = 0;
};

// One program for all operations that have the same.
std::vector<Compiled> programs_of(const Trace& trace, const RunConfig& config) {
  const DistinctOperations distinct(trace, config);
  const EnergyCosts free;
  Compiler compiler(trace, config, free);
  std::vector<Compiled> programs;
  for (const TraceOperation& operation : distinct.operations)
    programs.push_back({compiler.compile(operation).program, 0.0});
  for (const std::vector<DistinctPart>& parts : distinct.parts)
    for (const DistinctPart& part : parts) programs[part.number].repeats += static_cast<double>(part.repeats);
  return programs;
}

struct Compared {
  std::string machine;
  RunResult run;
  EventCounts events;  // estimated, as the next one
  double cycles = 0;
  double repeats = 0;
};

std::vector<Compared> compared(const std::string& file, std::size_t most_machines) {
  std::vector<Compared> all;
  const Trace trace = read_trace(LNSIM_SOURCE_DIR "/traces/" + file);
  for (std::size_t i = 0; i < std::min(most_machines, machines().size()); ++i) {
    const Machine& machine = machines()[i];
    RunConfig config;
    machine.change(config.machine);
    Accelerator accelerator(config.machine);
    for (const Compiled& compiled : programs_of(trace, config)) {
      Compared one{machine.name, accelerator.run(compiled.program, nullptr),
                   program_events(compiled.program, config.machine),
                   static_cast<double>(estimated_cycles(compiled.program, config.machine)), compiled.repeats};
      count_cycle_events(one.events, one.run.cycles, config.machine.pe);
      all.push_back(one);
    }
  }
  return all;
}

const std::vector<Compared>& on_all_machines() {
  static const std::vector<Compared> kAll = [] {
    std::vector<Compared> all = compared("digits-cnn.jsonl", machines().size());
    for (const Compared& one : compared("encoder-sample.jsonl", machines().size())) all.push_back(one);
    return all;
  }();
  return kAll;
}

const std::vector<Compared>& of_a_large_network() {
  static const std::vector<Compared> kAll = compared("resnet50-b2.jsonl", 3);
  return kAll;
}

void expect_equal_events(const std::vector<Compared>& all) {
  for (const Compared& one : all) {
    for (const EventRow& row : kEvents)
      ASSERT_EQ(one.events[row.event], one.run.events[row.event]) << row.name << ", " << one.machine;
  }
}

// The bounds are our choice: what tells apart machines that differ by a few per cent.
void expect_close_cycles(const std::vector<Compared>& all) {
  struct Sums {
    double simulated = 0, estimated = 0, off = 0;
  };
  std::map<std::string, Sums> iterations;
  for (const Compared& one : all) {
    const auto cycles = static_cast<double>(one.run.cycles);
    Sums& sums = iterations[one.machine];
    sums.simulated += one.repeats * cycles;
    sums.estimated += one.repeats * one.cycles;
    sums.off += one.repeats * std::abs(one.cycles - cycles);
  }
  for (const auto& [machine, sums] : iterations) {
    EXPECT_NEAR(sums.estimated, sums.simulated, 0.03 * sums.simulated) << machine;
    EXPECT_LT(sums.off, 0.08 * sums.simulated) << machine;
  }
}

TEST(ProgramEvents, are_those_that_simulation_counts_on_any_machine) {
  expect_equal_events(on_all_machines());
}

TEST(ProgramEvents, are_those_that_simulation_counts_in_a_large_network) {
  expect_equal_events(of_a_large_network());
}

TEST(EstimatedCycles, of_an_iteration_are_within_3_percent_and_those_of_operations_within_8_on_any_machine) {
  expect_close_cycles(on_all_machines());
}

TEST(EstimatedCycles,
     of_an_iteration_are_within_3_percent_and_those_of_operations_within_8_in_a_large_network) {
  expect_close_cycles(of_a_large_network());
}

TEST(EstimatedCycles, are_right_to_within_two_cycles_where_no_command_meets_another) {
  const Trace trace = read_trace(LNSIM_SOURCE_DIR "/traces/digits-cnn.jsonl");
  const RunConfig config;
  Accelerator accelerator(config.machine);
  int checked = 0;
  for (const TraceOperation& operation : trace.operations) {
    const Program program = compile(operation, trace, config, EnergyCosts{}).program;
    const bool one_of_each =
        program.fetches.size() == 1 && program.loads.size() == 1 && program.vector_works.size() == 1;
    if (!one_of_each) continue;
    EXPECT_NEAR(static_cast<double>(estimated_cycles(program, config.machine)),
                static_cast<double>(accelerator.run(program, nullptr).cycles), 2.0)
        << operation.layer;
    ++checked;
  }
  EXPECT_GT(checked, 5);
}

// Where the mapper does not look for fewest cycles, simulation uses all PEs, too.
TEST(IterationEstimate, has_the_events_of_the_iteration_and_prices_them) {
  const Trace trace = read_trace(LNSIM_SOURCE_DIR "/traces/encoder-sample.jsonl");
  const std::filesystem::path base = LNSIM_SOURCE_DIR "/configs/accelerators/lns-madam.yaml";
  RunConfig config = read_run_config(base);
  config.mapping.objective = Objective::energy;
  const EnergyCosts costs = read_energy_table(base.parent_path() / config.energy_table, config.machine);
  KnownEstimates known;
  const IterationEstimate estimate = estimate_iteration(trace, config, costs, known);
  const IterationResult run = run_iteration(trace, config, costs, {.values = Values::shapes_only, .jobs = 1},
                                            [](std::size_t, std::size_t, const std::string&) {});
  EXPECT_EQ(estimate.macs, run.macs);
  EXPECT_NEAR(static_cast<double>(estimate.run.cycles), static_cast<double>(run.run.cycles),
              0.03 * static_cast<double>(run.run.cycles));
  EventCounts expected = run.run.events;
  count_cycle_events(expected, estimate.run.cycles, config.machine.pe);
  EventCounts found = estimate.run.events;
  count_cycle_events(found, estimate.run.cycles, config.machine.pe);
  for (const EventRow& row : kEvents) EXPECT_EQ(found[row.event], expected[row.event]) << row.name;
  std::int64_t quanta = 0;
  for (const EventRow& row : kEvents)
    quanta += std::llround(static_cast<double>(estimate.run.events[row.event]) * costs.pj(row.event) *
                           kEnergyQuantaPerPj);
  // Each operation's events are rounded once.
  const auto operations = static_cast<double>(trace.operations.size() * kEventCount);
  EXPECT_NEAR(static_cast<double>(estimate.energy.total()), static_cast<double>(quanta), operations);
}

TEST(EstimatedCycles, of_a_program_without_commands_are_none) {
  EXPECT_EQ(estimated_cycles(Program{}, AcceleratorParameters{}), 0U);
}

TEST(EstimatedCycles, are_refused_for_a_command_that_waits_for_a_later_one) {
  Program program;
  Dependencies after;
  after.require(Counter::fetched, 1);
  program.add(Fetch{0, 64, 0, 64}, after);
  EXPECT_THROW(estimated_cycles(program, AcceleratorParameters{}), ModelError);
}

}  // namespace
}  // namespace lnsim
