#include "sim/run/report/bottleneck.h"

#include <gtest/gtest.h>

#include <set>

namespace lnsim {
namespace {

// 2 PEs of 4 lanes by 8: 64 MACs per cycle; 2 channels of 32-byte bursts that take 2 cycles: 32 bytes per
// cycle.
AcceleratorParameters small_machine() {
  AcceleratorParameters machine;
  machine.pe.count = 2;
  machine.pe.lanes = 4;
  machine.pe.vector_size = 8;
  machine.dram = {2, 16, 32, 100};
  return machine;
}

RunResult run_of(std::uint64_t cycles, std::uint64_t macs, std::uint64_t read_bytes,
                 std::uint64_t written_bytes) {
  RunResult run;
  run.cycles = cycles;
  run.events[Event::datapath_mac] = macs;
  run.events[Event::dram_read_byte] = read_bytes;
  run.events[Event::dram_write_byte] = written_bytes;
  return run;
}

TEST(Bottleneck, of_a_compute_bound_run_is_compute_and_its_attainable_rate_the_peak) {
  const AcceleratorParameters machine = small_machine();
  const RunResult run = run_of(1250, 64 * 1000, 6400, 1600);
  const Bound bound = bound_of(run, machine).value();
  EXPECT_EQ(bound.bottleneck.name(), "compute throughput");
  EXPECT_EQ(bound.bottleneck.mark(), 'C');
  EXPECT_DOUBLE_EQ(bound.share, 1000.0 / 1250.0);
  const RooflinePoint point = roofline_point(run, machine).value();
  EXPECT_DOUBLE_EQ(point.macs_per_dram_byte, 64000.0 / (6400 + 1600));  // 8, beyond the ridge at 64 / 32
  EXPECT_DOUBLE_EQ(point.macs_per_cycle, 64000.0 / 1250);
  EXPECT_DOUBLE_EQ(point.attainable_macs_per_cycle, 64.0);
}

TEST(Bottleneck, of_a_memory_bound_run_is_dram_and_its_attainable_rate_intensity_times_bandwidth) {
  const AcceleratorParameters machine = small_machine();
  const RunResult run = run_of(1000, 6400, 19200, 6400);
  const Bound bound = bound_of(run, machine).value();
  EXPECT_EQ(bound.bottleneck.name(), "dram throughput");
  EXPECT_EQ(bound.bottleneck.mark(), 'D');
  EXPECT_DOUBLE_EQ(bound.share, 25600.0 / 32 / 1000);
  const RooflinePoint point = roofline_point(run, machine).value();
  EXPECT_DOUBLE_EQ(point.macs_per_dram_byte, 0.25);
  EXPECT_DOUBLE_EQ(point.attainable_macs_per_cycle, 0.25 * 32);
  EXPECT_DOUBLE_EQ(point.macs_per_cycle, 6.4);
}

TEST(Bottleneck, is_latency_where_no_resource_works_half_of_the_time) {
  RunResult run = run_of(2001, 64 * 1000, 32, 0);
  run.cycles_by_cause[static_cast<std::size_t>(Cause::compute)] = 900;
  run.cycles_by_cause[static_cast<std::size_t>(Cause::dram)] = 1101;
  const Bound bound = bound_of(run, small_machine()).value();
  EXPECT_EQ(bound.bottleneck.name(), "dram latency");
  EXPECT_EQ(bound.bottleneck.mark(), 'd');
  EXPECT_DOUBLE_EQ(bound.share, 1101.0 / 2001);
  run.cycles = 2000;
  EXPECT_EQ(bound_of(run, small_machine())->bottleneck.name(), "compute throughput");
}

TEST(Bottleneck, takes_the_roof_of_each_resource_from_its_events_and_its_rate) {
  AcceleratorParameters machine = small_machine();
  machine.bus = {64, 16, 2, true};
  machine.global_buffer = {64, 4, 8};
  machine.pe.buffer_a.read_bytes_per_cycle = 3;
  machine.pe.buffer_b.read_bytes_per_cycle = 5;
  machine.pe.vector_unit.operations_per_cycle = 7;
  machine.pe.ppu.values_per_cycle = 9;
  machine.weight_update = {2, 5, 12};
  EventCounts events;
  events[Event::datapath_mac] = 100;
  events[Event::datapath_idle_mac] = 29;
  events[Event::buffer_a_read_byte] = 601;
  events[Event::buffer_b_read_byte] = 1001;
  events[Event::vector_unit_operation] = 141;
  events[Event::operand_bus_byte] = 641;
  events[Event::return_bus_byte] = 161;
  events[Event::ppu_value] = 181;
  events[Event::global_buffer_read_byte] = 320;
  events[Event::global_buffer_write_byte] = 33;
  events[Event::dram_read_byte] = 32 * 4;
  events[Event::dram_write_byte] = 32;
  events[Event::weight_update_parameter] = 101;
  EXPECT_EQ(roofs_of(events, machine), (Roofs{3, 101, 101, 11, 11, 11, 11, 12, 5, 11}));
}

TEST(Bottleneck, has_a_letter_of_its_own_for_each_resource) {
  std::set<char> marks;
  for (const std::string_view name : kResourceNames)
    marks.insert(Bottleneck{BoundBy::throughput, name}.mark());
  EXPECT_EQ(marks.size(), kResourceCount);
  for (const std::string_view name : kCauseNames)
    EXPECT_TRUE(marks.insert(Bottleneck{BoundBy::latency, name}.mark()).second) << name;
}

TEST(Bottleneck, of_several_runs_is_that_of_most_cycles) {
  const AcceleratorParameters machine = small_machine();
  BoundCycles cycles;
  EXPECT_FALSE(cycles.main().has_value());
  cycles.add(run_of(100, 6400, 64, 0), machine);
  cycles.add(run_of(120, 6400, 64, 0), machine);
  cycles.add(run_of(280, 640, 8960, 0), machine);
  cycles.add(RunResult{}, machine);
  EXPECT_EQ(cycles.total(), 500U);
  EXPECT_EQ(cycles.by_bottleneck().size(), 2U);
  EXPECT_EQ(cycles.main()->bottleneck.name(), "dram throughput");
  EXPECT_DOUBLE_EQ(cycles.main()->share, 0.56);
}

TEST(Roofline, has_no_point_for_a_run_without_products) {
  EXPECT_FALSE(roofline_point(run_of(100, 0, 320, 320), small_machine()).has_value());
}

}  // namespace
}  // namespace lnsim
