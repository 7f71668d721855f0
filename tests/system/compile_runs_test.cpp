// Compiled programs on the machine: they finish, and no faster than arithmetic allows.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "models/accelerator.h"
#include "models/cycle_events.h"
#include "models/estimate/program_cycles.h"
#include "models/estimate/program_events.h"
#include "sim/run/compile/compile.h"
#include "sim/run/trace/trace_formulas.h"

namespace lnsim {
namespace {

TraceOperation conv_operation(ConvDims d, Pass pass) {
  d.p = conv_output_extent(d.h, d.r, d.stride[0], d.pad[0], d.dilation[0]);
  d.q = conv_output_extent(d.w, d.s, d.stride[1], d.pad[1], d.dilation[1]);
  TraceOperation operation;
  operation.layer = "conv1";
  operation.op = "conv2d";
  operation.pass = pass;
  operation.conv = d;
  operation.gemm = conv_gemm(d, pass);
  operation.macs = *conv_macs(d);
  return operation;
}

TraceOperation bmm_operation(GemmDims gemm) {
  TraceOperation operation;
  operation.layer = "attention";
  operation.op = "bmm";
  operation.weights = false;
  operation.gemm = gemm;
  operation.macs = *gemm_macs(gemm);
  return operation;
}

TraceOperation other_operation(const std::string& op, Pass pass, std::vector<std::int64_t> shape) {
  TraceOperation operation;
  operation.layer = op;
  operation.op = op;
  operation.pass = pass;
  operation.shape = std::move(shape);
  return operation;
}

// Whatever runs has the events that are estimated without running it, and an estimate of its cycles.
RunResult run(const TraceOperation& operation, const RunConfig& config) {
  const CompiledOperation compiled = compile(operation, Trace{}, config, EnergyCosts{});
  Accelerator accelerator(config.machine);
  const RunResult result = accelerator.run(compiled.program, nullptr);
  EventCounts events = program_events(compiled.program, config.machine);
  count_cycle_events(events, result.cycles, config.machine.pe);
  EXPECT_EQ(events.counts, result.events.counts);
  const auto cycles = static_cast<double>(result.cycles);
  EXPECT_NEAR(static_cast<double>(estimated_cycles(compiled.program, config.machine)), cycles, cycles / 5);
  return result;
}

// Multiplier slots of the machine in so many cycles.
std::uint64_t slots(const RunResult& result, const PeParameters& pe) {
  return result.cycles * pe.count * pe.lanes * pe.vector_size;
}

constexpr std::array kPasses{Pass::forward, Pass::input_gradient, Pass::weight_gradient};

TEST(CompiledProgram, of_any_convolution_finishes_on_any_machine) {
  std::mt19937 random(21);
  const auto one_of = [&](std::initializer_list<std::uint32_t> values) {
    return *(values.begin() + std::uniform_int_distribution<std::size_t>(0, values.size() - 1)(random));
  };
  for (int round = 0; round < 60; ++round) {
    RunConfig config;
    AcceleratorParameters& m = config.machine;
    m.pe.count = one_of({1, 3, 8});
    m.pe.lanes = one_of({1, 4, 7});
    m.pe.vector_size = one_of({1, 4, 8});
    m.pe.collector_entries = one_of({1, 3, 16});
    m.pe.buffer_a.capacity_bytes = one_of({64, 300, 8192});
    m.pe.buffer_b.capacity_bytes = one_of({64, 300, 8192});
    m.global_buffer.capacity_kib = one_of({8, 64, 512});
    m.control.queue_depth = one_of({2, 5, 32});
    ConvDims d;
    d.groups = one_of({1, 1, 2});
    d.n = one_of({1, 2});
    d.c = d.groups * one_of({1, 5, 9});
    d.k = d.groups * one_of({1, 4, 10});
    d.r = one_of({1, 3});
    d.s = one_of({1, 2});
    d.stride = {one_of({1, 2}), one_of({1, 3})};
    d.pad = {one_of({0, 1}), 0};
    d.h = one_of({3, 6, 9});
    d.w = one_of({3, 5, 8});
    const TraceOperation operation = conv_operation(d, kPasses[one_of({0, 1, 2})]);
    const RunResult result = run(operation, config);
    const std::uint64_t macs = result.events[Event::datapath_mac];
    EXPECT_LE(macs, slots(result, m.pe)) << "utilisation above 1 in round " << round;
  }
}

TEST(CompiledProgram, does_the_multiplications_of_the_closed_formula) {
  const RunConfig config;
  // No padding and no stride: no tap meets anything that the formula does not count.
  const ConvDims d{.n = 2, .c = 40, .h = 20, .w = 20, .k = 50, .r = 3, .s = 3};
  for (const Pass pass : {Pass::forward, Pass::weight_gradient}) {
    const TraceOperation operation = conv_operation(d, pass);
    EXPECT_EQ(run(operation, config).events[Event::datapath_mac], operation.macs);
  }
  const TraceOperation bmm = bmm_operation({12, 64, 100, 70});
  EXPECT_EQ(run(bmm, config).events[Event::datapath_mac], bmm.macs);
}

TEST(CompiledProgram, keeps_the_lanes_busy_where_operands_are_used_often) {
  const RunConfig config;
  const TraceOperation operation = conv_operation(
      {.n = 4, .c = 128, .h = 28, .w = 28, .k = 128, .r = 3, .s = 3, .pad = {1, 1}}, Pass::forward);
  const RunResult result = run(operation, config);
  EXPECT_GE(operation.macs * 100, slots(result, config.machine.pe) * 85);
}

TEST(CompiledProgram, reads_from_dram_what_the_tensors_hold_when_they_fit_the_buffer) {
  const RunConfig config;
  const ConvDims d{.n = 2, .c = 64, .h = 28, .w = 28, .k = 64, .r = 3, .s = 3, .pad = {1, 1}};
  const RunResult result = run(conv_operation(d, Pass::forward), config);
  const std::uint64_t weights = 64 * 64 * 9 * 2, activations = 2 * 64 * 28 * 28;
  EXPECT_EQ(result.events[Event::dram_read_byte], weights + activations);
  EXPECT_EQ(result.events[Event::dram_write_byte], activations);
}

TEST(CompiledProgram, is_not_slower_on_more_pes) {
  std::vector<TraceOperation> operations{bmm_operation({12, 128, 128, 64}), bmm_operation({1, 64, 500, 300})};
  for (const Pass pass : kPasses) {
    operations.push_back(conv_operation(
        {.n = 2, .c = 64, .h = 28, .w = 28, .k = 96, .r = 3, .s = 3, .stride = {2, 2}, .pad = {1, 1}}, pass));
    operations.push_back(conv_operation({.n = 2, .c = 128, .h = 14, .w = 14, .k = 64, .r = 1, .s = 1}, pass));
    operations.push_back(conv_operation(
        {.n = 1, .c = 32, .h = 28, .w = 28, .k = 32, .r = 3, .s = 3, .groups = 32, .pad = {1, 1}}, pass));
  }
  for (const TraceOperation& operation : operations) {
    RunConfig config;
    std::uint64_t fewer = UINT64_MAX;
    for (const std::uint32_t pes : {1U, 2U, 4U, 8U, 16U, 32U, 64U}) {
      config.machine.pe.count = pes;
      const std::uint64_t cycles = run(operation, config).cycles;
      // The mapper's model is not the machine: a hundredth of tolerance.
      EXPECT_LE(cycles, fewer == UINT64_MAX ? fewer : fewer + fewer / 100)
          << operation.op << " " << kPassNames[static_cast<std::size_t>(operation.pass)] << " on " << pes
          << " PEs";
      fewer = std::min(fewer, cycles);
    }
  }
}

TEST(CompiledProgram, of_every_other_operator_finishes) {
  RunConfig config;
  config.machine.global_buffer.capacity_kib = 64;
  for (const char* op : {"batch_norm", "relu", "max_pool", "add", "mul", "sum", "embedding", "loss"}) {
    for (const Pass pass : {Pass::forward, Pass::backward}) {
      EXPECT_GT(run(other_operation(op, pass, {3, 7, 1001}), config).cycles, 0U) << op;
    }
  }
  const RunResult update = run(other_operation("update", Pass::update, {321, 100}), config);
  EXPECT_EQ(update.events[Event::weight_update_parameter], 32100U);
}

}  // namespace
}  // namespace lnsim
