// What each unit says about itself when a run is given up in the middle of its work.
#include <gtest/gtest.h>

#include "sim/base/errors.h"
#include "tests/timing/programs.h"

namespace lnsim {
namespace {

using test::after;
using test::small_machine;

// Runs with so little patience that the longest phase without an event is taken for the end.
std::string report_of(const Program& program, const AcceleratorParameters& machine,
                      std::uint64_t patience = 300) {
  SimulationOptions options;
  options.patience_cycles = patience;
  try {
    Accelerator(machine, options).run(program, nullptr);
  } catch (const ModelError& error) {
    return error.what();
  }
  return "finished";
}

Program product(const AcceleratorParameters& machine, std::uint32_t rows = 4) {
  return test::gemm_program({rows, 8, 1, {}}, machine);
}

Program vector_program() {
  Program program;
  Load load;
  load.target = LoadTarget::vector;
  load.bytes = 64;
  program.add(load, {});
  VectorWork work;
  work.elements = 8000;
  work.input_bytes = 64;
  work.output_bytes = 10;
  program.add(work, after(Counter::loaded, 1));
  return program;
}

TEST(StateReport, names_bursts_on_their_way) {
  AcceleratorParameters machine = small_machine();
  machine.dram.latency_cycles = 1000;
  Program program;
  program.add(Fetch{0, 128, 0, 128}, {});
  const std::string report = report_of(program, machine);
  EXPECT_NE(report.find("no event in 300 cycles"), std::string::npos) << report;
  EXPECT_NE(report.find("dram: 0 bursts wait, 2 in flight"), std::string::npos) << report;
  EXPECT_NE(report.find("dma: fetch: 1 commands under way, 0 queued, 2 bursts in flight"), std::string::npos)
      << report;
}

TEST(StateReport, names_loads_on_the_wires_and_who_waits_for_them) {
  AcceleratorParameters machine = small_machine();
  machine.bus.latency_cycles = 1000;
  const std::string report = report_of(product(machine), machine);
  EXPECT_NE(report.find("operand_bus: 0 loads under way, 2 on the wires, 0 queued"), std::string::npos)
      << report;
  EXPECT_NE(report.find("pe_0: 1 commands queued"), std::string::npos) << report;
}

TEST(StateReport, names_the_command_a_pe_fetches_for) {
  AcceleratorParameters machine = small_machine();
  machine.pe.lanes = 64;
  machine.pe.buffer_a.read_bytes_per_cycle = 1;
  const std::string report = report_of(product(machine, 64), machine, 200);
  EXPECT_NE(report.find("pe_0: fetching for PE command 0"), std::string::npos) << report;
}

TEST(StateReport, names_the_command_in_the_lanes) {
  AcceleratorParameters machine = small_machine();
  machine.pe.vector_size = 128;
  machine.pe.buffer_b.read_bytes_per_cycle = 1;
  const std::string report = report_of(test::gemm_program({4, 4, 2, {}}, machine), machine, 100);
  EXPECT_NE(report.find("pe_0: in the lanes: PE command 0, vector 0, column 4"), std::string::npos) << report;
}

TEST(StateReport, names_the_bytes_a_ppu_still_works_on) {
  AcceleratorParameters machine = small_machine();
  machine.pe.lanes = 500;
  machine.pe.buffer_a.capacity_bytes = 8192;
  machine.pe.ppu.values_per_cycle = 1;
  machine.global_buffer.capacity_kib = 256;
  // with 8 columns the queue of 9 never fills
  const std::string report = report_of(product(machine, 500), machine);
  EXPECT_NE(report.find("pe_0_ppu: 7 columns queued, 0 bytes wait for the return bus"), std::string::npos)
      << report;
}

TEST(StateReport, says_that_the_ppu_stalls_the_lanes) {
  AcceleratorParameters machine = small_machine();
  machine.pe.lanes = 500;
  machine.pe.collector_entries = 64;
  machine.pe.buffer_a.capacity_bytes = 8192;
  machine.pe.ppu.values_per_cycle = 1;
  machine.global_buffer.capacity_kib = 256;
  const std::string report = report_of(test::gemm_program({500, 30, 1, {}}, machine), machine);
  EXPECT_NE(report.find("pe_0: in the lanes: PE command 0, vector 0, column 10, stalled by the PPU"),
            std::string::npos)
      << report;
}

TEST(StateReport, names_the_work_of_a_vector_unit_and_the_pe_that_waits_for_it) {
  const std::string report = report_of(vector_program(), small_machine());
  EXPECT_NE(report.find("pe_0: waiting for its vector unit"), std::string::npos) << report;
  EXPECT_NE(report.find("pe_0_vector_unit: 0 of 10 output bytes sent, 0 tasks queued"), std::string::npos)
      << report;
}

TEST(StateReport, names_packets_on_the_return_bus) {
  AcceleratorParameters machine = small_machine();
  machine.bus.latency_cycles = 1000;
  VectorWork work;
  work.elements = 8;
  work.output_bytes = 10;
  Program program;
  program.add(work, {});
  const std::string report = report_of(program, machine);
  EXPECT_NE(report.find("return_bus: 0 packets wait, 1 on the way"), std::string::npos) << report;
}

TEST(StateReport, names_the_parameters_in_an_update) {
  AcceleratorParameters machine = small_machine();
  machine.weight_update.latency_cycles = 200;
  Program program;
  Update update;
  update.parameters = 4;
  update.read_bytes = 28;
  update.write_bytes = 24;
  program.add(update, {});
  const std::string report = report_of(program, machine, 60);
  EXPECT_NE(report.find("weight_update: 0 of 4 parameters updated, 0 of 24 bytes written"), std::string::npos)
      << report;
}

TEST(StateReport, is_not_made_for_a_run_that_only_takes_long) {
  EXPECT_EQ(report_of(vector_program(), small_machine(), 2000), "finished");
}

}  // namespace
}  // namespace lnsim
