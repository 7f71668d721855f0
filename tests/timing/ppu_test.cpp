// Post-processing unit and vector unit: when a column or a task becomes packets.
#include "models/compute/ppu.h"

#include <gtest/gtest.h>

#include "models/compute/vector_unit.h"
#include "tests/timing/probes.h"
#include "tests/timing/programs.h"

namespace lnsim {
namespace {

using test::Cycles;
using test::Lab;
using test::Sink;
using test::Source;

const AcceleratorParameters kMachine =
    test::small_machine();  // 4 values/cycle, latency 3; packets of 16 bytes

struct PpuLab {
  explicit PpuLab(std::vector<std::pair<Cycle, FinishedColumn>> script, Cycle bus_opens = 0)
      : columns(lab.simulation, 9),
        packets(lab.simulation, 4 + 3, 3),
        ppu("ppu", lab.simulation, kMachine.pe.ppu, lab.state, columns, packets,
            {kMachine.global_buffer, 16}),
        source("source", lab, columns, std::move(script)),
        bus("bus", lab, packets, bus_opens) {
    columns.connect(source, ppu);
    packets.connect(ppu, bus);
    EXPECT_EQ(lab.run(), Simulation::End::idle);
  }

  Lab lab;
  Channel<FinishedColumn> columns;
  Channel<OutputPacket> packets;
  Ppu ppu;
  Source<FinishedColumn> source;
  Sink<OutputPacket> bus;
};

FinishedColumn column(std::uint32_t rows, bool last, std::uint64_t address = 0) {
  return {address, rows, rows, 7, true, last};
}

TEST(Ppu, shows_a_column_pushed_at_cycle_10_to_the_bus_at_cycle_14) {
  PpuLab run({{10, column(4, true)}});  // taken 11, K = 1, latency 3
  EXPECT_EQ(run.bus.cycles(), Cycles{14});
  EXPECT_EQ(run.bus.values()[0].bytes, 4U);
  EXPECT_EQ(run.bus.values()[0].ordinal, 7U);
  EXPECT_TRUE(run.bus.values()[0].last);
  EXPECT_EQ(run.lab.state.events[Event::ppu_value], 4U);
}

TEST(Ppu, takes_three_cycles_for_ten_rows_of_four_values_per_cycle) {
  EXPECT_EQ(PpuLab({{10, column(10, true)}}).bus.cycles(), Cycles{16});
}

TEST(Ppu, takes_the_next_column_when_the_last_one_is_done) {
  // taken 11, 14, 17; each done 2 later
  EXPECT_EQ(PpuLab({{10, column(10, true)}, {10, column(10, true)}, {10, column(10, true)}}).bus.cycles(),
            (Cycles{16, 19, 22}));
}

TEST(Ppu, fills_a_packet_with_the_columns_of_a_command) {
  PpuLab run({{10, column(4, false, 32)},
              {10, column(4, false, 36)},
              {10, column(4, false, 40)},
              {10, column(4, true, 44)}});
  EXPECT_EQ(run.bus.cycles(), Cycles{17});  // taken 11, 12, 13, 14
  EXPECT_EQ(run.bus.values()[0].bytes, 16U);
  EXPECT_EQ(run.bus.values()[0].address, 32U);
}

TEST(Ppu, sends_a_wide_column_as_one_packet_per_cycle) {
  FinishedColumn wide = column(4, true);
  wide.bytes = 40;
  wide.quantise = false;
  PpuLab run({{10, wide}});
  EXPECT_EQ(run.bus.cycles(), (Cycles{14, 15, 16}));
  EXPECT_EQ(run.bus.values()[2].bytes, 8U);
  EXPECT_TRUE(run.bus.values()[2].last);
  EXPECT_FALSE(run.bus.values()[1].last);
  EXPECT_EQ(run.lab.state.events[Event::ppu_value], 0U);
}

TEST(Ppu, waits_when_the_bus_does_not_take_its_packets) {
  std::vector<std::pair<Cycle, FinishedColumn>> many;
  for (int i = 0; i < 9; ++i) many.emplace_back(10, column(4, true));
  PpuLab run(many, 50);  // 7 packets fit, 2 more follow what is taken in 50 and 51
  EXPECT_EQ(run.bus.cycles(), (Cycles{50, 51, 52, 53, 54, 55, 56, 57, 58}));
}

struct VectorLab {
  explicit VectorLab(const std::vector<VectorTask>& script, Cycle bus_opens = 0)
      : tasks(lab.simulation, 1),
        ends(lab.simulation, 1),
        packets(lab.simulation, 4 + 3, 3),
        unit("vector_unit", lab.simulation, kMachine.pe.vector_unit, kMachine.pe.buffer_b, lab.state,
             {&tasks, &ends, &packets}, {kMachine.global_buffer, 16}),
        source("source", lab, tasks, at_10(script)),
        pe("pe", lab, ends),
        bus("bus", lab, packets, bus_opens) {
    tasks.connect(source, unit);
    ends.connect(unit, pe);
    packets.connect(unit, bus);
    EXPECT_EQ(lab.run(), Simulation::End::idle);
  }
  static std::vector<std::pair<Cycle, VectorTask>> at_10(const std::vector<VectorTask>& tasks) {
    std::vector<std::pair<Cycle, VectorTask>> script;
    for (const VectorTask& task : tasks) script.emplace_back(10, task);
    return script;
  }

  Lab lab;
  Channel<VectorTask> tasks;
  Channel<std::uint32_t> ends;
  Channel<OutputPacket> packets;
  VectorUnit unit;
  Source<VectorTask> source;
  Sink<std::uint32_t> pe;
  Sink<OutputPacket> bus;
};

TEST(VectorUnit, works_ceil_of_operations_by_rate_cycles) {
  VectorLab run({{41, 0, 0, 0, 3}});  // taken 11, 41 / 8 -> 6 cycles: 11 .. 16
  EXPECT_EQ(run.pe.cycles(), Cycles{17});
  EXPECT_EQ(run.pe.values(), std::vector<std::uint32_t>{3});
  EXPECT_EQ(run.lab.state.events[Event::vector_unit_operation], 41U);
}

TEST(VectorUnit, is_held_to_the_read_port_of_buffer_b) {
  VectorLab run({{8, 80, 0, 0, 0}});  // 80 / 8 = 10 cycles
  EXPECT_EQ(run.pe.cycles(), Cycles{21});
  EXPECT_EQ(run.lab.state.events[Event::buffer_b_read_byte], 80U);
}

TEST(VectorUnit, sends_its_outputs_as_they_become_ready) {
  // 10 cycles, 40 bytes: 16 bytes after 4 cycles, 32 after 8, 40 after 10; latency 3
  VectorLab run({{80, 0, 40, 64, 0}});
  EXPECT_EQ(run.bus.cycles(), (Cycles{14 + 3, 18 + 3, 20 + 3}));
  EXPECT_EQ(run.bus.values()[2].address, 96U);
  EXPECT_TRUE(run.bus.values()[2].last);
  EXPECT_EQ(run.pe.cycles(), Cycles{21});
}

TEST(VectorUnit, sends_one_packet_per_cycle_even_when_its_work_is_shorter) {
  VectorLab run({{1, 0, 48, 0, 0}});  // 1 cycle of work, 3 packets: 11, 12, 13
  EXPECT_EQ(run.bus.cycles(), (Cycles{14, 15, 16}));
  EXPECT_EQ(run.pe.cycles(), Cycles{14});
}

TEST(VectorUnit, stops_working_while_the_bus_does_not_take_its_packets) {
  // one packet per cycle, 11 .. 17 fill the 7 entries; the bus opens in 50; packets 8 and 9 leave in 51 and
  // 52
  VectorLab run({{72, 0, 144, 0, 0}}, 50);
  EXPECT_EQ(run.bus.cycles().size(), 9U);
  EXPECT_EQ(run.pe.cycles(), Cycles{53});
}

TEST(VectorUnit, takes_the_next_task_when_the_last_one_has_ended) {
  VectorLab run({{8, 0, 0, 0, 0}, {8, 0, 0, 0, 1}, {8, 0, 0, 0, 2}});
  // the queue has one entry: pushed 10, 12, 14
  EXPECT_EQ(run.pe.cycles(), (Cycles{12, 14, 16}));
}

}  // namespace
}  // namespace lnsim
