// Dumps of the registers: they tell what the timing formulas and the activity log tell.
#include <gtest/gtest.h>

#include <algorithm>

#include "models/control/activity_log.h"
#include "tests/timing/programs.h"
#include "tests/timing/vcd_values.h"

namespace lnsim {
namespace {

using test::small_machine;
using test::VcdValues;

VcdValues dump(const Program& program, const AcceleratorParameters& machine, std::uint64_t from,
               std::uint64_t to) {
  Waveform waveform{from, to, {}};
  Accelerator(machine).run(program, nullptr, waveform);
  return VcdValues(waveform.vcd);
}

TEST(Waveform, shows_a_register_in_the_cycle_in_which_it_is_written) {
  Program program;
  program.add(Fetch{0, 64, 0, 64}, {});
  // `fetched` advances in the cycle after the last one that is counted.
  const std::uint64_t cycles = Accelerator(small_machine()).run(program, nullptr).cycles;
  const VcdValues values = dump(program, small_machine(), 0, 1000);
  ASSERT_GT(values.cycles.size(), cycles);
  const std::vector<std::uint64_t>& fetched = values.signals.at("lnsim.scoreboard.fetched");
  for (std::uint64_t cycle = 0; cycle < cycles; ++cycle) EXPECT_EQ(fetched[cycle], 0U) << cycle;
  EXPECT_EQ(fetched[cycles], 1U);
  EXPECT_EQ(values.signals.at("lnsim.controller.pc")[0], 1U);
}

// One burst of 64 bytes at 32 bytes per cycle occupies its channel for two cycles, without a step in the
// second.
TEST(Waveform, shows_cycles_in_which_no_unit_steps) {
  Program program;
  program.add(Fetch{0, 64, 0, 64}, {});
  const VcdValues values = dump(program, small_machine(), 0, 1000);
  const std::vector<std::uint64_t>& busy = values.signals.at("lnsim.dram.channel_0.busy");
  EXPECT_EQ(std::count(busy.begin(), busy.end(), 1U), 2);
  const auto first = std::find(busy.begin(), busy.end(), 1U);
  EXPECT_EQ(*(first + 1), 1U);
}

TEST(Waveform, shows_a_pe_at_work_in_the_cycles_of_the_activity_log) {
  const AcceleratorParameters machine = small_machine(4);
  const Program program = test::gemm_program({10, 7, 5, {1, 2, 2}}, machine);
  Accelerator accelerator(machine);
  ActivityLog log;
  const RunResult result = accelerator.run(program, nullptr, log);
  const VcdValues values = dump(program, machine, 0, result.cycles);
  ASSERT_EQ(values.cycles.size(), result.cycles);
  const std::vector<std::string>& units = accelerator.logged_units();
  for (const std::string pe : {"pe_0", "pe_3"}) {
    const auto track = static_cast<std::size_t>(std::find(units.begin(), units.end(), pe) - units.begin());
    std::vector<std::uint64_t> computing(result.cycles, 0);
    for (const ActivityLog::Piece& piece : log.units.at(track)) {
      if (piece.doing != static_cast<UnitDoing>(Cause::compute)) continue;
      for (Cycle cycle = piece.begin; cycle < piece.end; ++cycle) computing[cycle] = 1;
    }
    for (std::uint64_t cycle = 0; cycle < result.cycles; ++cycle) {
      const std::uint64_t state = values.signals.at("lnsim." + pe + ".state")[cycle];
      EXPECT_EQ(state == 2 ? 1U : 0U, computing[cycle]) << pe << ' ' << cycle;
    }
  }
}

TEST(Waveform, of_a_window_is_the_part_of_the_whole) {
  const AcceleratorParameters machine = small_machine();
  const Program program = test::gemm_program({10, 7, 5, {}}, machine);
  const VcdValues whole = dump(program, machine, 0, 1000);
  const VcdValues part = dump(program, machine, 11, 37);
  ASSERT_EQ(part.cycles.size(), 26U);
  EXPECT_EQ(part.cycles.front(), 11U);
  EXPECT_EQ(part.signals.size(), whole.signals.size());
  for (const auto& [name, values] : part.signals) {
    for (std::size_t i = 0; i < values.size(); ++i)
      EXPECT_EQ(values[i], whole.signals.at(name)[11 + i]) << name << ' ' << i;
  }
}

TEST(Waveform, has_every_unit_and_every_channel_once) {
  const AcceleratorParameters machine = small_machine(2);
  const VcdValues values = dump(test::gemm_program({4, 8, 1, {}}, machine), machine, 0, 5);
  for (const char* name :
       {"lnsim.controller.pc", "lnsim.scoreboard.consumed", "lnsim.dma.fetch.bursts_in_flight",
        "lnsim.dma.write_back.commands.valid", "lnsim.dram.channel_1.requests.count",
        "lnsim.global_buffer.operand_bus_requests.ready", "lnsim.operand_bus.commands.count",
        "lnsim.return_bus.pe_1_vector_unit.valid", "lnsim.weight_update.pipeline.count",
        "lnsim.pe_1.lanes_busy", "lnsim.pe_1.commands.count", "lnsim.pe_0_ppu.columns.valid",
        "lnsim.pe_0_vector_unit.tasks.valid"}) {
    EXPECT_EQ(values.signals.count(name), 1U) << name;
  }
}

}  // namespace
}  // namespace lnsim
