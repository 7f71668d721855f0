// Random machines and operations for them, from corner to corner of what a config and a trace may say, but
// small: a run takes thousands of cycles, not millions.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>

#include "models/accelerator.h"
#include "sim/run/compile/operators.h"
#include "sim/run/config/run_config.h"
#include "sim/run/energy/energy_table.h"
#include "sim/run/trace/trace.h"
#include "sim/run/trace/trace_formulas.h"

namespace lnsim::test {

// What the machines of a set of pairs have in common.
enum class Theme : std::uint8_t {
  anything,
  memory_bound,
  tiny_buffers,
  one_lane,
  one_pe,
  many_pes,
  slow_outputs,
  given_tilings,
  vectors_and_updates,
  count
};
inline constexpr std::array<const char*, static_cast<std::size_t>(Theme::count)> kThemeNames{
    "anything", "memory_bound", "tiny_buffers",  "one_lane",           "one_pe",
    "many_pes", "slow_outputs", "given_tilings", "vectors_and_updates"};

class Chooser {
 public:
  explicit Chooser(std::uint64_t seed) : random_(seed) {}

  std::uint32_t between(std::uint32_t least, std::uint32_t most) {
    return least + static_cast<std::uint32_t>(random_() % (most - least + 1));
  }
  std::uint32_t one_of(std::initializer_list<std::uint32_t> values) {
    return values.begin()[between(0, static_cast<std::uint32_t>(values.size()) - 1)];
  }
  bool chance(std::uint32_t percent) { return between(1, 100) <= percent; }
  template <class Enum>
  Enum kind(std::initializer_list<Enum> values) {
    return values.begin()[between(0, static_cast<std::uint32_t>(values.size()) - 1)];
  }

 private:
  std::mt19937_64 random_;
};

class RandomPairs {
 public:
  RandomPairs(Theme theme, std::uint64_t seed) : theme_(theme), choose_(seed) {}

  RunConfig config() {
    RunConfig config;
    AcceleratorParameters& m = config.machine;
    sizes(m);
    arithmetic(m);
    draw_timing(m);
    config.mapping.objective = choose_.kind({Objective::cycles, Objective::cycles, Objective::energy});
    if (theme_ == Theme::given_tilings) config.mapping.tiles.push_back(tiling(m.pe));
    return config;
  }

  // Rates, latencies and queues anew: programs for the machine before are programs for this one.
  void draw_timing(AcceleratorParameters& m) {
    memory_timing(m);
    pe_timing(m);
    m.weight_update = {choose_.between(1, 4), choose_.one_of({1, 3, 16}), choose_.one_of({1, 5, 12, 200})};
    m.control.queue_depth = choose_.one_of({2, 3, 5, 8, 32, 64});
  }

  // Any positive costs: only the mapper's choice depends on them.
  EnergyCosts costs() {
    EnergyCosts costs;
    for (EventCost& cost : costs.of) cost.pj = choose_.between(1, 1000) / 100.0;
    return costs;
  }

  TraceOperation operation() {
    if (theme_ == Theme::vectors_and_updates) return choose_.chance(30) ? update() : vector();
    const std::uint32_t kind = choose_.between(0, 9);
    if (kind < 4 || theme_ == Theme::given_tilings) return choose_.chance(60) ? convolution() : matrix();
    if (kind < 6) return matrix();
    return kind < 8 ? vector() : update();
  }

 private:
  void sizes(AcceleratorParameters& m) {
    m.global_buffer.capacity_kib = choose_.one_of({8, 16, 64, 2048});
    m.pe.count = choose_.one_of({1, 2, 3, 4, 6, 8});
    m.pe.lanes = choose_.one_of({1, 3, 4, 8, 32});
    m.pe.vector_size = choose_.one_of({1, 4, 7, 16, 32});
    m.pe.collector_entries = choose_.one_of({1, 2, 5, 16});
    m.pe.packing = choose_.kind({Packing::channel, Packing::flat});
    m.pe.buffer_a.capacity_bytes = choose_.one_of({256, 1000, 4096, 131072});
    m.pe.buffer_b.capacity_bytes = choose_.one_of({256, 600, 2048, 8192});
    if (theme_ == Theme::one_lane) m.pe.lanes = 1;
    if (theme_ == Theme::one_pe) m.pe.count = 1;
    if (theme_ == Theme::many_pes) m.pe.count = choose_.one_of({16, 21, 32, 47, 64});
    if (theme_ == Theme::slow_outputs) m.pe.lanes = choose_.one_of({7, 32, 100});
    if (theme_ == Theme::memory_bound) m.global_buffer.capacity_kib = choose_.one_of({8, 9, 13});
    if (theme_ != Theme::tiny_buffers) return;
    m.pe.buffer_a.capacity_bytes = choose_.between(300, 600);
    m.pe.buffer_b.capacity_bytes = choose_.between(300, 400);
  }

  void memory_timing(AcceleratorParameters& m) {
    // Round sizes make addresses, and so whole programs, periodic.
    const bool round = choose_.chance(60);
    m.dram.channels = round ? choose_.one_of({1, 2, 8}) : choose_.one_of({3, 5});
    m.dram.channel_bytes_per_cycle = choose_.one_of({4, 7, 32, 64});
    m.dram.burst_bytes = choose_.one_of({8, 32, 64, 256});
    m.dram.latency_cycles = choose_.one_of({1, 20, 100, 300});
    m.dma.outstanding_bursts = choose_.one_of({1, 4, 33, 512});
    m.global_buffer.banks = round ? choose_.one_of({1, 2, 16, 32, 64}) : choose_.one_of({3, 5, 63});
    m.global_buffer.bank_bytes = choose_.one_of({4, 8, 32, 128});
    m.bus.operand_bytes_per_cycle = choose_.one_of({3, 17, 64, 101, 256});
    m.bus.return_bytes_per_cycle = choose_.one_of({1, 5, 32, 77, 128});
    m.bus.latency_cycles = choose_.one_of({1, 2, 9});
    m.bus.multicast = choose_.chance(70);
    if (theme_ == Theme::slow_outputs) m.bus.return_bytes_per_cycle = choose_.between(1, 9);
    if (theme_ != Theme::memory_bound) return;
    m.dram.channels = choose_.one_of({1, 2});
    m.dram.channel_bytes_per_cycle = choose_.between(1, 4);
    m.dram.latency_cycles = choose_.one_of({1, 20});
    m.dma.outstanding_bursts = choose_.one_of({1, 2, 8});
  }

  void pe_timing(AcceleratorParameters& m) {
    m.datapath.pipeline_stages = choose_.between(1, 9);
    m.pe.buffer_a.read_bytes_per_cycle = choose_.one_of({5, 16, 64});
    m.pe.buffer_b.read_bytes_per_cycle = choose_.one_of({3, 8, 32});
    m.pe.ppu = {choose_.one_of({1, 3, 8, 32}), choose_.one_of({1, 4, 9})};
    m.pe.vector_unit = {choose_.one_of({1, 6, 32}), choose_.one_of({1, 4, 11})};
    if (theme_ == Theme::slow_outputs) m.pe.ppu = {choose_.between(1, 3), choose_.one_of({1, 40})};
  }

  arith::FormatParameters lns(std::uint32_t bits) const {
    return {.kind = arith::FormatKind::lns, .bits = bits, .gamma = 8};
  }

  void arithmetic(AcceleratorParameters& m) {
    using arith::DatapathKind;
    using arith::FormatKind;
    m.datapath.accumulator_bits = choose_.one_of({16, 24, 41});
    m.datapath.kind = choose_.kind({DatapathKind::lns, DatapathKind::lns, DatapathKind::fp32,
                                    DatapathKind::bf16, DatapathKind::fp8_e5m2, DatapathKind::int8});
    FormatsParameters& f = m.formats;
    for (arith::FormatParameters* format : {&f.weight, &f.activation, &f.error, &f.gradient})
      *format = lns(choose_.one_of({5, 8, 8, 12}));
    const auto operands = [&](FormatKind kind) { f.weight.kind = f.activation.kind = f.error.kind = kind; };
    if (m.datapath.kind == DatapathKind::fp32) operands(FormatKind::fp32);
    if (m.datapath.kind == DatapathKind::bf16) operands(FormatKind::bf16);
    if (m.datapath.kind == DatapathKind::fp8_e5m2) operands(FormatKind::fp8_e5m2);
    if (m.datapath.kind == DatapathKind::int8) {
      operands(FormatKind::integer);
      f.weight.bits = f.activation.bits = f.error.bits = 8;
    }
    m.optimizer.kind = choose_.kind({OptimizerKind::madam, OptimizerKind::sgd, OptimizerKind::adam});
    if (m.optimizer.kind != OptimizerKind::madam)
      f.update.kind = choose_.kind({FormatKind::fp32, FormatKind::bf16, FormatKind::lns});
    f.moment.kind = choose_.kind({FormatKind::fp32, FormatKind::bf16});
  }

  GivenTiling tiling(const PeParameters& pe) {
    GivenTiling tiling;
    tiling.rows = choose_.between(1, 2 * pe.lanes);
    tiling.columns = choose_.between(1, pe.collector_entries);
    tiling.vectors_a = choose_.between(1, 6);
    tiling.vectors_b = choose_.between(1, tiling.vectors_a);
    tiling.grid_groups = choose_.chance(80) ? 1 : choose_.between(1, pe.count);
    tiling.grid_rows = choose_.between(1, pe.count / tiling.grid_groups);
    tiling.grid_columns = choose_.between(1, pe.count / tiling.grid_groups / tiling.grid_rows);
    tiling.order = choose_.kind({LoopOrder::rows_outer, LoopOrder::columns_outer});
    return tiling;
  }

  TraceOperation convolution() {
    ConvDims d;
    const std::uint32_t shape = choose_.between(0, 3);
    const bool depthwise = shape == 0;
    d.groups = depthwise ? choose_.between(2, 24) : choose_.one_of({1, 1, 2, 3});
    d.n = choose_.between(1, 3);
    d.c = d.groups * (depthwise ? 1 : choose_.between(1, 24));
    d.k = d.groups * (depthwise ? choose_.between(1, 2) : choose_.between(1, 24));
    d.r = choose_.between(1, 4);
    d.s = choose_.between(1, 3);
    d.stride = {choose_.between(1, 3), choose_.between(1, 2)};
    d.pad = {choose_.between(0, 2), choose_.between(0, 1)};
    d.dilation = {choose_.one_of({1, 1, 2}), 1};
    d.h = choose_.between(7, 20);
    d.w = choose_.between(3, 20);
    d.p = conv_output_extent(d.h, d.r, d.stride[0], d.pad[0], d.dilation[0]);
    d.q = conv_output_extent(d.w, d.s, d.stride[1], d.pad[1], d.dilation[1]);
    TraceOperation operation;
    operation.op = "conv2d";
    operation.pass = choose_.kind({Pass::forward, Pass::input_gradient, Pass::weight_gradient});
    operation.conv = d;
    operation.gemm = conv_gemm(d, operation.pass);
    operation.macs = *conv_macs(d);
    return operation;
  }

  TraceOperation matrix() {
    TraceOperation operation;
    operation.op = choose_.chance(50) ? "linear" : "bmm";
    operation.pass = choose_.kind({Pass::forward, Pass::input_gradient, Pass::weight_gradient});
    const bool linear = operation.op == "linear";
    operation.weights = linear;
    if (!linear) operation.operand = choose_.chance(50) ? "a" : "b";
    operation.gemm = GemmDims{linear ? 1 : choose_.between(1, 6), choose_.between(1, 120),
                              choose_.between(1, 200), choose_.between(1, 200)};
    operation.macs = *gemm_macs(*operation.gemm);
    return operation;
  }

  TraceOperation vector() {
    const auto operators = vector_operators();
    const auto last = static_cast<std::uint32_t>(operators.size()) - 1;
    const VectorOperator& row = operators[choose_.between(0, last)];
    TraceOperation operation;
    operation.op = row.name;
    operation.pass = row.pass;
    operation.shape = {choose_.between(1, 40), choose_.between(1, 3000)};
    return operation;
  }

  TraceOperation update() {
    TraceOperation operation;
    operation.op = "update";
    operation.pass = Pass::update;
    operation.shape = {choose_.between(1, 50), choose_.between(1, 1000)};
    return operation;
  }

  Theme theme_;
  Chooser choose_;
};

}  // namespace lnsim::test
