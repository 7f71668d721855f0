// The whole machine: closed formulas for small programs, and properties that must hold for any.
#include "models/accelerator.h"

#include <gtest/gtest.h>

#include <numeric>

#include "sim/base/errors.h"
#include "tests/timing/programs.h"

namespace lnsim {
namespace {

using test::after;
using test::Gemm;
using test::gemm_program;
using test::small_machine;

std::uint64_t cycles_of(const Program& program, const AcceleratorParameters& machine = small_machine()) {
  return Accelerator(machine).run(program, nullptr).cycles;
}

Load load_of(std::uint64_t bytes, PeSet pes = {0, 1, 1}) {
  Load load;
  load.pes = pes;
  load.bytes = bytes;
  return load;
}

template <class... Commands>
Program program_of(const Commands&... commands) {
  Program program;
  (program.add(commands, {}), ...);
  return program;
}

TEST(Accelerator, takes_no_cycles_for_an_empty_program) {
  EXPECT_EQ(cycles_of({}), 0U);
}

// Issued 0, at the bus 1, asks for 3 beats of 32 bytes in 1 .. 3, last grant seen 5, wires 2.
TEST(OperandBus, delivers_96_bytes_in_7_cycles) {
  EXPECT_EQ(cycles_of(program_of(load_of(96))), 7U);
}

TEST(OperandBus, sends_loads_one_after_the_other_without_a_gap) {
  EXPECT_EQ(cycles_of(program_of(load_of(96), load_of(96), load_of(96))), 7U + 6);
}

TEST(OperandBus, needs_as_long_for_three_pes_as_for_one_when_it_multicasts) {
  const RunResult result = Accelerator(small_machine(3)).run(program_of(load_of(96, {0, 3, 1})), nullptr);
  EXPECT_EQ(result.cycles, 7U);
  EXPECT_EQ(result.events[Event::operand_bus_byte], 96U);
  EXPECT_EQ(result.events[Event::operand_bus_delivery_byte], 288U);
  EXPECT_EQ(result.events[Event::buffer_a_write_byte], 288U);
  EXPECT_EQ(result.events[Event::global_buffer_read_byte], 96U);
}

TEST(OperandBus, moves_the_bytes_once_per_pe_without_multicast) {
  AcceleratorParameters machine = small_machine(3);
  machine.bus.multicast = false;
  const RunResult result = Accelerator(machine).run(program_of(load_of(96, {0, 3, 1})), nullptr);
  EXPECT_EQ(result.cycles, 7U + 6);
  EXPECT_EQ(result.events[Event::operand_bus_byte], 288U);
  EXPECT_EQ(result.events[Event::operand_bus_delivery_byte], 288U);
  EXPECT_EQ(result.events[Event::global_buffer_read_byte], 288U);
}

TEST(OperandBus, scatters_vector_data_in_equal_shares) {
  AcceleratorParameters machine = small_machine(3);
  machine.bus.multicast = false;
  Load load = load_of(96, {0, 3, 1});
  load.target = LoadTarget::vector;
  const RunResult result = Accelerator(machine).run(program_of(load), nullptr);
  EXPECT_EQ(result.cycles, 7U);
  EXPECT_EQ(result.events[Event::buffer_b_write_byte], 96U);
  EXPECT_EQ(result.events[Event::operand_bus_delivery_byte], 96U);
}

// Taken 1, burst accepted 2, back 2 + 20 + 2 = 24, buffer grant seen 26.
TEST(Dma, fetches_a_burst_in_26_cycles) {
  EXPECT_EQ(cycles_of(program_of(Fetch{0, 64, 0, 64})), 26U);
}

// Asks the buffer 1, bytes here 3, burst accepted 4, complete 26.
TEST(Dma, writes_a_burst_back_in_26_cycles) {
  EXPECT_EQ(cycles_of(program_of(WriteBack{0, 64, 0})), 26U);
}

TEST(Dma, fetches_as_fast_as_both_dram_channels_deliver) {
  // 32 pairs of bursts, one pair per 2 cycles; the last pair takes 2 beats of 64 bytes
  EXPECT_EQ(cycles_of(program_of(Fetch{0, 4096, 0, 4096})), 26U + 31 * 2 + 1);
}

TEST(Dma, joins_fetches_without_a_gap) {
  EXPECT_EQ(cycles_of(program_of(Fetch{0, 1024, 0, 1024}, Fetch{1024, 1024, 1024, 1024},
                                 Fetch{2048, 2048, 2048, 2048})),
            26U + 31 * 2 + 1);
}

TEST(Dma, pays_whole_bursts_for_parts_of_them) {
  const RunResult result = Accelerator(small_machine()).run(program_of(Fetch{60, 8, 0, 8}), nullptr);
  EXPECT_EQ(result.events[Event::dram_read_byte], 128U);
  EXPECT_EQ(result.events[Event::dma_byte], 8U);
  EXPECT_EQ(result.events[Event::global_buffer_write_byte], 8U);
  EXPECT_EQ(result.cycles, 26U);
}

TEST(Dma, waits_for_one_channel_when_all_bursts_lie_on_it) {
  // bursts 0 and 2 of two fetches: the same channel
  EXPECT_EQ(cycles_of(program_of(Fetch{0, 64, 0, 64}, Fetch{128, 64, 64, 64})), 26U + 2);
}

TEST(Dma, writes_converted_bytes_in_proportion) {
  const RunResult result = Accelerator(small_machine()).run(program_of(Fetch{0, 4096, 0, 1000}), nullptr);
  EXPECT_EQ(result.events[Event::global_buffer_write_byte], 1000U);
  EXPECT_EQ(result.events[Event::dram_read_byte], 4096U);
  EXPECT_EQ(result.cycles, 26U + 31 * 2);
  const RunResult wider = Accelerator(small_machine()).run(program_of(Fetch{0, 1000, 0, 4096}), nullptr);
  EXPECT_EQ(wider.events[Event::global_buffer_write_byte], 4096U);
}

TEST(Dma, keeps_no_more_reads_in_flight_than_it_may) {
  AcceleratorParameters machine = small_machine();
  machine.dma.outstanding_bursts = 1;
  // each burst: asked t, back t + 23, stored and the next asked in t + 24
  EXPECT_EQ(cycles_of(program_of(Fetch{0, 256, 0, 256}), machine), 26U + 3 * 24);
}

TEST(Dma, needs_enough_reads_in_flight_to_hide_the_latency) {
  // 24 cycles per burst in flight and one burst per cycle from both channels: 24 suffice, 12 halve the rate
  const Program program = program_of(Fetch{0, 32768, 0, 32768});  // 512 bursts
  AcceleratorParameters machine = small_machine();
  machine.dma.outstanding_bursts = 12;
  EXPECT_GE(cycles_of(program, machine), 512U * 2);
  EXPECT_LE(cycles_of(program, machine), 512U * 2 + 26);
  machine.dma.outstanding_bursts = 26;  // the last burst of a pair is stored a cycle after the first
  EXPECT_LE(cycles_of(program, machine), 512U + 26);
}

TEST(Dma, halved_dram_bandwidth_doubles_a_memory_bound_program) {
  AcceleratorParameters half = small_machine();
  half.dram.channel_bytes_per_cycle = 16;
  // of a pair of bursts: 2 cycles on the pins and 2 beats of 64 bytes; 4 cycles and 4 beats of 32
  const std::uint64_t fill = 26 + 1;
  const std::uint64_t half_fill = 28 + 3;
  const Program program = program_of(Fetch{0, 32768, 0, 32768});
  EXPECT_EQ(cycles_of(program, half) - half_fill, 2 * (cycles_of(program) - fill));
}

TEST(Dma, shares_the_dram_between_both_directions) {
  const std::uint64_t alone = cycles_of(program_of(Fetch{0, 16384, 0, 16384}));
  const std::uint64_t both = cycles_of(program_of(Fetch{0, 16384, 0, 16384}, WriteBack{65536, 16384, 32768}));
  EXPECT_GE(both, 2 * 16384 / 64);  // the pins carry 64 bytes per cycle
  EXPECT_LE(both, 2 * alone);
}

// Taken 1; first bytes seen 3; 100 parameters at 4 per cycle enter in 3 .. 27, leave 5 later, last grant
// seen 34.
TEST(WeightUpdateUnit, updates_100_parameters_in_34_cycles) {
  Update update;
  update.parameters = 100;
  update.read_bytes = 700;
  update.write_bytes = 600;
  update.write_address = 4096;
  const RunResult result = Accelerator(small_machine()).run(program_of(update), nullptr);
  EXPECT_EQ(result.cycles, 34U);
  EXPECT_EQ(result.events[Event::weight_update_parameter], 100U);
  EXPECT_EQ(result.events[Event::global_buffer_read_byte], 700U);
  EXPECT_EQ(result.events[Event::global_buffer_write_byte], 600U);
}

TEST(WeightUpdateUnit, is_held_to_the_width_of_its_port) {
  Update update;
  update.parameters = 100;
  update.read_bytes = 3200;  // 32 bytes per cycle: one parameter
  update.write_bytes = 100;
  update.write_address = 4096;
  EXPECT_GE(cycles_of(program_of(update)), 100U);
  EXPECT_LE(cycles_of(program_of(update)), 100U + 15);
}

// 16 bytes of a parameter, but four beats of the port are 4: it asks for a byte a cycle in 1 .. 160 and reads
// on to the last one.
TEST(WeightUpdateUnit, updates_parameters_of_more_bytes_than_a_few_beats_of_its_port) {
  AcceleratorParameters machine = small_machine();
  machine.global_buffer = {.capacity_kib = 8, .banks = 2, .bank_bytes = 1};
  Update update;
  update.parameters = 10;
  update.read_bytes = 160;
  update.write_bytes = 10;
  update.write_address = 4096;
  const RunResult result = Accelerator(machine).run(program_of(update), nullptr);
  EXPECT_EQ(result.events[Event::weight_update_parameter], 10U);
  EXPECT_EQ(result.events[Event::global_buffer_read_byte], 160U);
  EXPECT_GE(result.cycles, 160U);
  EXPECT_LE(result.cycles, 160U + 10 + 15);  // the writes take turns with the reads at the banks
}

TEST(WeightUpdateUnit, does_twice_as_many_commands_in_twice_the_time) {
  Update update;
  update.parameters = 100;
  update.read_bytes = 700;
  update.write_bytes = 600;
  update.write_address = 4096;
  // the second is taken in 35
  EXPECT_EQ(cycles_of(program_of(update, update)), 34U + 34);
}

// Load of 4 beats seen in 9; the task is taken in 10 and works 400 / 8 = 50 cycles; its last packet leaves in
// 59, is at the bus in 62, at the buffer in 64, and the grant is seen in 65.
TEST(VectorUnit, does_400_operations_on_100_bytes_in_65_cycles) {
  Load load = load_of(100);
  load.target = LoadTarget::vector;
  VectorWork work;
  work.elements = 100;
  work.operations_per_element = 4;
  work.input_bytes = work.output_bytes = 100;
  Program program = program_of(load);
  program.add(work, after(Counter::loaded, 1));
  const RunResult result = Accelerator(small_machine()).run(program, nullptr);
  EXPECT_EQ(result.cycles, 65U);
  EXPECT_EQ(result.events[Event::vector_unit_operation], 400U);
  EXPECT_EQ(result.events[Event::return_bus_byte], 100U);
}

TEST(VectorUnit, shares_the_work_evenly_among_pes_with_or_without_a_share) {
  VectorWork work;
  work.pes = 3;
  work.elements = 2;
  work.operations_per_element = 8;
  // PEs 1 and 2 of 3 get an element each: at the PE 1, taken 2, one cycle of work, its end seen in 3
  const RunResult result = Accelerator(small_machine(3)).run(program_of(work), nullptr);
  EXPECT_EQ(result.events[Event::vector_unit_operation], 16U);
  EXPECT_EQ(result.cycles, 3U);
}

TEST(VectorUnit, of_a_pe_beyond_those_of_the_command_rests) {
  VectorWork work;
  work.pes = 2;
  work.elements = 16;
  work.operations_per_element = 8;
  // 8 elements x 8 operations at 8 per cycle in each of two PEs: taken 2, eight cycles of work, the end seen
  // in 10
  const RunResult two = Accelerator(small_machine(2)).run(program_of(work), nullptr);
  EXPECT_EQ(two.cycles, 10U);
  const RunResult two_of_four = Accelerator(small_machine(4)).run(program_of(work), nullptr);
  EXPECT_EQ(two_of_four.cycles, two.cycles);
  EXPECT_EQ(two_of_four.events[Event::vector_unit_operation], 128U);
}

// Dataflow of one PE: B1 + B2 beats of loading, one fetch, vectors * columns beats, and a fixed fill and
// drain: issue 1, grant 2, wires 2, broadcast 1 | pipeline 5, queue 0, PPU 3, wires 2, grant 1.
TEST(Accelerator, takes_the_dataflow_formula_plus_fill_and_drain_for_a_product_that_fits) {
  for (const std::uint32_t vectors : {1U, 2U, 5U, 8U}) {
    for (const std::uint32_t columns : {4U, 8U}) {
      const std::uint64_t load_beats = vectors * 1 + (columns * vectors * 8) / 32;
      const std::uint64_t fill = 2 + 2 + 1 + 1;  // grants, wires, broadcast, first fetch
      const std::uint64_t drain = 5 + 3 + 2 + 1;
      EXPECT_EQ(cycles_of(gemm_program({4, columns, vectors, {}}, small_machine())),
                load_beats + fill + vectors * columns + drain)
          << vectors << " " << columns;
    }
  }
}

TEST(Accelerator, does_not_compute_faster_than_one_slot_per_cycle) {
  const RunResult result =
      Accelerator(small_machine(4)).run(gemm_program({10, 7, 5, {1, 2, 2}}, small_machine(4)), nullptr);
  EXPECT_EQ(result.events[Event::datapath_mac], 20U * 14 * 40);
  EXPECT_LE(result.events[Event::datapath_mac], result.cycles * 4 * 4 * 8);
  EXPECT_EQ(result.events[Event::pe_leakage_cycle], 4 * result.cycles);
  EXPECT_EQ(result.events[Event::system_leakage_cycle], result.cycles);
  EXPECT_EQ(result.events[Event::ppu_value], 20U * 14);
  EXPECT_EQ(result.events[Event::return_bus_byte], 20U * 14);
}

TEST(Accelerator, charges_every_cycle_to_one_cause) {
  const RunResult result =
      Accelerator(small_machine()).run(gemm_program({4, 8, 5, {}}, small_machine()), nullptr);
  const auto& causes = result.cycles_by_cause;
  EXPECT_EQ(std::accumulate(causes.begin(), causes.end(), std::uint64_t{0}), result.cycles);
  EXPECT_EQ(causes[static_cast<std::size_t>(Cause::compute)], 40U);
  EXPECT_EQ(causes[static_cast<std::size_t>(Cause::operand_read)], 1U);
  EXPECT_EQ(causes[static_cast<std::size_t>(Cause::dram)], 0U);
  // from its first beat in 1 to the last delivery in 19: 15 beats, 2 for the grant, 2 on the wires
  EXPECT_EQ(causes[static_cast<std::size_t>(Cause::operand_bus)], 18U);
}

TEST(Accelerator, charges_a_fetch_to_dram) {
  const RunResult result = Accelerator(small_machine()).run(program_of(Fetch{0, 64, 0, 64}), nullptr);
  EXPECT_EQ(result.cycles_by_cause[static_cast<std::size_t>(Cause::dram)], 25U);
  EXPECT_EQ(result.cycles_by_cause[static_cast<std::size_t>(Cause::control)], 1U);
}

TEST(Accelerator, runs_again_from_an_idle_machine) {
  Accelerator accelerator(small_machine(4));
  const Program product = gemm_program({10, 7, 5, {1, 2, 2}}, small_machine(4));
  const RunResult first = accelerator.run(product, nullptr);
  accelerator.run(program_of(Fetch{0, 4096, 0, 4096}), nullptr);
  EXPECT_EQ(accelerator.run(product, nullptr), first);
  EXPECT_EQ(Accelerator(small_machine(4)).run(product, nullptr), first);
}

TEST(Accelerator, reports_a_deadlock_with_the_state_of_every_busy_unit) {
  Program program;
  program.add(Fetch{0, 64, 0, 64}, after(Counter::updated, 1));
  program.add(load_of(32), after(Counter::fetched, 1));
  Accelerator accelerator(small_machine());
  try {
    accelerator.run(program, nullptr);
    FAIL() << "no deadlock";
  } catch (const ModelError& error) {
    EXPECT_STREQ(
        error.what(),
        "deadlock: the program is unfinished and no unit can go on\n"
        "  counters: fetched 0/1, written_back 0/0, loaded 0/1, consumed 0/0, produced 0/0, updated 0/0\n"
        "  dma: fetch: 0 commands under way, 1 queued, 0 bursts in flight, waits for updated >= 1 (now 0) to "
        "start fetch 0 (64 bytes)\n"
        "  operand_bus: 0 loads under way, 0 on the wires, 1 queued; waits for fetched >= 1 (now 0) to start "
        "load 0 (operand_a to slot 0, 32 bytes)");
  }
  EXPECT_EQ(accelerator.run(program_of(load_of(96)), nullptr).cycles, 7U);
}

TEST(Accelerator, names_every_unit_that_waits_in_a_deadlock) {
  const AcceleratorParameters machine = small_machine();
  Program program = gemm_program({4, 8, 1, {}}, machine);
  for (Command& command : program.commands) command.after.require(Counter::updated, 1);
  program.add(WriteBack{0, 64, 0}, after(Counter::produced, 1));
  Update update;
  update.parameters = update.read_bytes = update.write_bytes = 8;
  program.add(update, after(Counter::written_back, 1));
  for (int i = 0; i < 40; ++i) program.add(Fetch{0, 64, 0, 64}, after(Counter::updated, 1));
  try {
    Accelerator(machine).run(program, nullptr);
    FAIL() << "no deadlock";
  } catch (const ModelError& error) {
    const std::string what = error.what();
    EXPECT_NE(what.find("\n  controller: issued 37 of 45 commands"), std::string::npos) << what;
    EXPECT_NE(
        what.find(
            "\n  dma: fetch: 0 commands under way, 32 queued, 0 bursts in flight, waits for updated >= 1 "
            "(now "
            "0) to start fetch 0 (64 bytes); write-back: 0 commands under way, 1 queued, 0 bursts in flight"),
        std::string::npos)
        << what;
    EXPECT_NE(what.find("\n  pe_0: waits for loaded >= 2 (now 0) and updated >= 1 (now 0) to start"),
              std::string::npos)
        << what;
    EXPECT_NE(what.find("\n  weight_update: waits for written_back >= 1 (now 0) to start update 0"),
              std::string::npos)
        << what;
  }
}

TEST(Accelerator, gives_up_when_nothing_happens_for_too_long) {
  SimulationOptions options;
  options.stall_percent = 100;
  options.patience_cycles = 10'000;
  Accelerator accelerator(small_machine(), options);
  for (int run = 0; run < 2; ++run) {
    try {
      accelerator.run(program_of(Fetch{0, 64, 0, 64}), nullptr);
      FAIL() << "it ended";
    } catch (const ModelError& error) {
      EXPECT_EQ(std::string(error.what())
                    .rfind("livelock: units stepped in 10000 of 10000 cycles, and nothing came of it\n"
                           "  counters: fetched 0/1",
                           0),
                0U)
          << error.what();
    }
  }
}

}  // namespace
}  // namespace lnsim
