// What each unit says about itself when a run is given up in the middle of its work.
#include <gtest/gtest.h>

#include "sim/base/errors.h"
#include "tests/timing/programs.h"

namespace lnsim {
namespace {

using test::after;
using test::small_machine;

std::string report_of(const Program& program, const AcceleratorParameters& machine,
                      const SimulationOptions& options) {
  try {
    Accelerator(machine, options).run(program, nullptr);
  } catch (const ModelError& error) {
    return error.what();
  }
  return "finished";
}

// Runs with so little patience that the longest phase without an event is taken for the end.
std::string report_of(const Program& program, const AcceleratorParameters& machine,
                      std::uint64_t patience = 300) {
  SimulationOptions options;
  options.patience_cycles = patience;
  return report_of(program, machine, options);
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
  EXPECT_NE(report.find("pe_0: waits for loaded >= 2 (now 0) to start PE command 0 (compute, rows 4, columns 8, vectors 1)"), std::string::npos) << report;
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

// What has been loaded is asked to wait for its own product.
TEST(StateReport, of_a_deadlock_names_the_command_that_each_unit_waits_for) {
  const AcceleratorParameters machine = small_machine();
  Program program;
  program.add(Fetch{0, 64, 0, 64}, after(Counter::written_back, 1));
  const test::Gemm gemm{4, 8, 1, {}};
  program.add(test::load_a(gemm, 8, 0), after(Counter::fetched, 1));
  Dependencies both = after(Counter::loaded, 1);
  both.require(Counter::fetched, 1);
  program.add(test::compute_all(gemm, 8), both);
  program.add(WriteBack{0, 32, 32768}, after(Counter::produced, 1));
  program.add(Update{0, 4, 28, 0, 24, 0}, after(Counter::consumed, 1));
  EXPECT_EQ(report_of(program, machine),
            "deadlock: the program is unfinished and no unit can go on\n"
            "  counters: fetched 0/1, written_back 0/1, loaded 0/1, consumed 0/1, produced 0/1, updated 0/1\n"
            "  dma: fetch: 0 commands under way, 1 queued, 0 bursts in flight, waits for written_back >= 1 (now 0) "
            "to start fetch 0 (64 bytes); write-back: 0 commands under way, 1 queued, 0 bursts in flight, waits "
            "for produced >= 1 (now 0) to start write-back 0 (32 bytes)\n"
            "  operand_bus: 0 loads under way, 0 on the wires, 1 queued; waits for fetched >= 1 (now 0) to start "
            "load 0 (operand_a to slot 0, 32 bytes)\n"
            "  weight_update: waits for consumed >= 1 (now 0) to start update 0 (4 parameters)\n"
            "  pe_0: waits for fetched >= 1 (now 0) and loaded >= 1 (now 0) to start PE command 0 (compute, rows "
            "4, columns 8, vectors 1)");
}

TEST(StateReport, of_a_deadlock_names_the_full_queue_that_the_controller_waits_for) {
  AcceleratorParameters machine = small_machine();
  machine.control.queue_depth = 2;
  VectorWork work;
  work.elements = 5;
  Program program;
  for (int i = 0; i < 3; ++i) program.add(work, after(Counter::fetched, 1));
  program.add(Fetch{0, 64, 0, 64}, {});
  EXPECT_EQ(report_of(program, machine),
            "deadlock: the program is unfinished and no unit can go on\n"
            "  counters: fetched 0/1, written_back 0/0, loaded 0/0, consumed 0/3, produced 0/3, updated 0/0\n"
            "  controller: issued 2 of 4 commands; the next is PE command 2 (vector work, 5 elements), and the "
            "queue of pe_0 is full (2 commands)\n"
            "  pe_0: waits for fetched >= 1 (now 0) to start PE command 0 (vector work, 5 elements)");
}

// Every channel denies every question, so units ask again in every cycle.
TEST(StateReport, calls_it_a_livelock_when_units_ask_and_are_denied) {
  SimulationOptions options;
  options.patience_cycles = 200;
  options.stall_percent = 100;
  Program program;
  program.add(Fetch{0, 64, 0, 64}, {});
  for (const bool kernel : {false, true}) {
    options.exact_step = kernel;
    EXPECT_EQ(report_of(program, small_machine(), options),
              "livelock: units stepped in 200 of 200 cycles, and nothing came of it\n"
              "  counters: fetched 0/1, written_back 0/0, loaded 0/0, consumed 0/0, produced 0/0, updated 0/0\n"
              "  dma: fetch: 0 commands under way, 1 queued, 0 bursts in flight");
  }
}

// 64 bytes per cycle are fetched, so that 64 KiB take more than 1000 cycles: too long for so little patience.
TEST(StateReport, calls_it_a_livelock_when_units_work_and_no_command_gets_done) {
  SimulationOptions options;
  options.patience_cycles = 200;
  options.command_patience_cycles = 600;
  Program program;
  program.add(Fetch{0, 65536, 0, 65536}, {});
  const std::string report = report_of(program, small_machine(), options);
  EXPECT_EQ(report.rfind("livelock: no command was done in 600 cycles, though units go on; in the last 200: "
                         "12800 dram.read_byte, 12800 dma.byte, 12800 global_buffer.write_byte\n",
                         0),
            0U)
      << report;
  options.command_patience_cycles = 1200;
  EXPECT_EQ(report_of(program, small_machine(), options), "finished");
}

TEST(StateReport, is_not_made_for_a_run_that_only_takes_long) {
  EXPECT_EQ(report_of(vector_program(), small_machine(), 2000), "finished");
}

}  // namespace
}  // namespace lnsim
