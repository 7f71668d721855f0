// Operands through the compiled program on the machine: the same bits as tile by tile in software, on any
// machine and tiling, in as many cycles as without operands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/accelerator.h"
#include "sim/run/compile/compile.h"
#include "sim/run/replay/replay.h"
#include "sim/run/replay/update_replay.h"
#include "tests/unit/run/replay_player.h"

namespace lnsim {
namespace {

RunConfig small_machine() {
  RunConfig config;
  PeParameters& pe = config.machine.pe;
  pe.count = 3;
  pe.lanes = 4;
  pe.vector_size = 8;
  pe.collector_entries = 4;
  pe.buffer_a.capacity_bytes = 512;
  pe.buffer_b.capacity_bytes = 256;
  config.machine.global_buffer.capacity_kib = 8;
  config.machine.global_buffer.banks = 8;
  return config;
}

RunConfig with_tiling(RunConfig config) {
  config.mapping.tiles = {{.rows = 4,
                           .columns = 3,
                           .vectors_a = 2,
                           .vectors_b = 2,
                           .grid_columns = 2,
                           .order = LoopOrder::columns_outer}};
  return config;
}

std::vector<TraceOperation> operations() {
  std::vector<TraceOperation> result;
  for (const Pass pass : {Pass::forward, Pass::input_gradient, Pass::weight_gradient}) {
    result.push_back(test::conv_operation(test::conv_dims(2, 12, 9, 10, 3, 2, 1), pass));
    result.push_back(test::conv_operation(test::conv_dims(1, 6, 7, 9, 3, 1, 1, 3), pass));
  }
  TraceOperation attention;
  attention.layer = "qk";
  attention.op = "bmm";
  attention.weights = false;
  attention.gemm = GemmDims{5, 13, 11, 40};
  attention.macs = 5 * 13 * 11 * 40;
  result.push_back(attention);
  return result;
}

RecordedProduct operands_of(const TraceOperation& operation) {
  std::size_t a = 5 * 13 * 40, b = 5 * 40 * 11;
  if (operation.conv) {
    const test::Sizes sizes = test::sizes_of(*operation.conv, operation.pass);
    a = sizes.a;
    b = sizes.b;
  }
  RecordedProduct recorded;
  recorded.a = test::random_values(a, 1);
  recorded.b = test::random_values(b, 2);
  return recorded;
}

struct MachineRun {
  MachineRun(const TraceOperation& operation, const RunConfig& config)
      : compiled(compile(operation, Trace{}, config, EnergyCosts{})),
        replay(compiled.products, operands_of(operation), config.machine),
        result(Accelerator(config.machine).run(compiled.program, &replay)) {}
  CompiledOperation compiled;
  OperandReplay replay;
  RunResult result;
};

void expect_same_results(const OperandReplay& got, const OperandReplay& expected) {
  EXPECT_THAT(got.sums(), testing::ElementsAreArray(expected.sums()));
  EXPECT_THAT(got.outputs(), testing::ElementsAreArray(expected.outputs()));
}

TEST(ReplayOnTheMachine, gives_the_bits_of_the_arithmetic_alone_whatever_the_machine_and_its_tiling) {
  std::uint64_t spilled_bytes = 0;
  for (const TraceOperation& operation : operations()) {
    for (const bool exact : {false, true}) {
      for (const RunConfig& base : {small_machine(), with_tiling(small_machine()), RunConfig{}}) {
        RunConfig config = base;
        if (exact) config.machine.datapath.accumulator = arith::AccumulatorMode::exact;
        const MachineRun run(operation, config);
        OperandReplay alone(run.compiled.products, operands_of(operation), config.machine);
        const arith::DotCounts dot = test::play(alone, run.compiled.products, config.machine.pe, {});
        expect_same_results(run.replay, alone);
        EXPECT_EQ(run.result.dot_counts, dot);
        spilled_bytes += run.result.events[Event::collector_transfer_byte];
        EXPECT_EQ(run.replay.report(dot).datapath.values, run.replay.sums().size());
      }
    }
  }
  EXPECT_GT(spilled_bytes, 0u) << "no sums were spilled and restored";
}

TEST(ReplayOnTheMachine, gives_the_same_exact_sums_on_machines_with_other_lanes_and_vectors) {
  for (const TraceOperation& operation : operations()) {
    RunConfig small = small_machine(), large;
    small.machine.datapath.accumulator = large.machine.datapath.accumulator = arith::AccumulatorMode::exact;
    const MachineRun one(operation, small), other(operation, large);
    expect_same_results(one.replay, other.replay);
    EXPECT_EQ(one.result.dot_counts.products, other.result.dot_counts.products);
  }
}

TEST(ReplayOnTheMachine, takes_the_cycles_and_events_of_the_shapes_alone) {
  for (const TraceOperation& operation : operations()) {
    for (const RunConfig& config : {small_machine(), with_tiling(small_machine()), RunConfig{}}) {
      const MachineRun run(operation, config);
      RunResult shapes = Accelerator(config.machine).run(run.compiled.program, nullptr);
      EXPECT_EQ(shapes.dot_counts, arith::DotCounts{});
      shapes.dot_counts = run.result.dot_counts;
      EXPECT_EQ(run.result, shapes);
    }
  }
}

TEST(ReplayOnTheMachine, updates_every_weight_once) {
  TraceOperation operation;
  operation.layer = "fc";
  operation.op = "update";
  operation.pass = Pass::update;
  operation.shape = {40, 50};
  RecordedUpdate recorded;
  recorded.record.w = "fc/w";
  recorded.record.learning_rate = 0.0625;
  recorded.weights = test::random_values(2000, 1);
  recorded.gradients = test::random_values(2000, 2);
  operation.update = recorded.record;
  for (const RunConfig& config : {small_machine(), RunConfig{}}) {
    const CompiledOperation compiled = compile(operation, Trace{}, config, EnergyCosts{});
    UpdateReplay replay(recorded, config.machine), alone(recorded, config.machine);
    Accelerator(config.machine).run(compiled.program, &replay);
    alone.update({.parameters = 2000});
    EXPECT_TRUE(std::ranges::equal(replay.weights(), alone.weights()));
    EXPECT_EQ(replay.report().counts, alone.report().counts);
  }
}

}  // namespace
}  // namespace lnsim
