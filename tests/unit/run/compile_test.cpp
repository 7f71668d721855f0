#include "sim/run/compile/compile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "sim/base/errors.h"
#include "sim/run/compile/operators.h"
#include "sim/run/compile/signature.h"
#include "sim/run/compile/stored_tensor.h"
#include "sim/run/trace/trace_formulas.h"
#include "sim/run/trace/trace_operators.h"
#include "tests/unit/run/program_check.h"

namespace lnsim {
namespace {

Trace empty_trace() {
  Trace trace;
  trace.path = "net.jsonl";
  return trace;
}

CompiledOperation compiled(const TraceOperation& operation, const RunConfig& config) {
  return compile(operation, empty_trace(), config, EnergyCosts{});
}

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
  operation.line = 7;
  return operation;
}

TraceOperation linear_operation(GemmDims gemm, Pass pass) {
  TraceOperation operation;
  operation.layer = "fc1";
  operation.op = "linear";
  operation.pass = pass;
  operation.gemm = gemm;
  operation.macs = *gemm_macs(gemm);
  operation.line = 7;
  return operation;
}

TraceOperation vector_operation(const std::string& op, Pass pass, std::vector<std::int64_t> shape) {
  TraceOperation operation;
  operation.layer = "v1";
  operation.op = op;
  operation.pass = pass;
  operation.shape = std::move(shape);
  operation.line = 7;
  return operation;
}

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  template <class T>
  T of(std::initializer_list<T> values) {
    return *(values.begin() + below(static_cast<std::int64_t>(values.size())));
  }
  std::int64_t below(std::int64_t end) {
    return std::uniform_int_distribution<std::int64_t>(0, end - 1)(engine_);
  }

 private:
  std::mt19937 engine_;
};

RunConfig random_machine(Random& random) {
  RunConfig config;
  AcceleratorParameters& m = config.machine;
  m.pe.count = random.of<std::uint32_t>({1, 2, 3, 7, 16, 40});
  m.pe.lanes = random.of<std::uint32_t>({1, 2, 4, 5});
  m.pe.vector_size = random.of<std::uint32_t>({1, 3, 4, 8});
  m.pe.collector_entries = random.of<std::uint32_t>({1, 2, 5, 8});
  m.pe.packing = random.of({Packing::channel, Packing::flat});
  m.pe.buffer_a.capacity_bytes = random.of<std::uint32_t>({64, 100, 256, 4096});
  m.pe.buffer_b.capacity_bytes = random.of<std::uint32_t>({64, 90, 256, 4096});
  m.global_buffer.capacity_kib = random.of<std::uint32_t>({8, 16, 64, 1024});
  m.control.queue_depth = random.of<std::uint32_t>({2, 8, 32});
  config.mapping.objective = random.of({Objective::cycles, Objective::energy, Objective::energy_delay});
  return config;
}

TEST(Compile, any_product_on_any_machine_is_computed_once_in_order_from_what_is_there) {
  Random random(5);
  for (int round = 0; round < 300; ++round) {
    const RunConfig config = random_machine(random);
    const Pass pass = random.of({Pass::forward, Pass::input_gradient, Pass::weight_gradient});
    TraceOperation operation;
    if (random.below(3) == 0) {
      operation =
          linear_operation({1, random.below(20) + 1, random.below(20) + 1, random.below(40) + 1}, pass);
    } else {
      const std::int64_t groups = random.of({1, 1, 1, 2, 3});
      ConvDims d;
      d.n = random.below(2) + 1;
      d.groups = groups;
      d.c = groups * (random.below(5) + 1);
      d.k = groups * (random.below(6) + 1);
      d.r = random.below(3) + 1;
      d.s = random.below(3) + 1;
      d.stride = {random.below(3) + 1, random.below(3) + 1};
      d.pad = {random.below(2), random.below(2)};
      d.dilation = {random.below(2) + 1, random.below(2) + 1};
      d.h = d.dilation[0] * (d.r - 1) + 1 + random.below(5);
      d.w = d.dilation[1] * (d.s - 1) + 1 + random.below(5);
      operation = conv_operation(d, pass);
    }
    SCOPED_TRACE(operation_signature(operation, config));
    const CompiledOperation result = compiled(operation, config);
    EXPECT_EQ(result.macs, operation.macs);
    EXPECT_EQ(result.mapping.size(), result.products.size());
    ProgramCheck(result, config.machine).run();
    if (HasFailure()) return;
  }
}

TEST(Compile, spills_sums_when_the_contraction_is_long_and_weights_stay) {
  RunConfig config;
  config.machine.pe.count = 1;
  config.machine.pe.lanes = 4;
  config.machine.pe.vector_size = 4;
  config.machine.pe.buffer_a.capacity_bytes = 1024;
  config.machine.pe.buffer_b.capacity_bytes = 256;
  config.mapping.tiles.push_back({.rows = 4, .columns = 4, .vectors_a = 8, .vectors_b = 4});
  const CompiledOperation result = compiled(linear_operation({1, 40, 8, 100}, Pass::forward), config);
  ProgramCheck(result, config.machine).run();
  const auto spills = std::count_if(result.program.computes.begin(), result.program.computes.end(),
                                    [](const Compute& c) { return c.end == SumEnd::spill; });
  // 25 vectors in 4 A tiles: three spills for each of 2 x 10 output tiles.
  EXPECT_EQ(spills, 3 * 20);
  EXPECT_EQ(result.mapping.front().reason, "given");
  EXPECT_EQ(result.mapping.front().vectors_a, 8U);
}

TEST(Compile, reads_every_byte_once_when_everything_fits) {
  const TraceOperation operation = conv_operation(
      {.n = 2, .c = 16, .h = 12, .w = 12, .k = 32, .r = 3, .s = 3, .pad = {1, 1}}, Pass::forward);
  const CompiledOperation result = compiled(operation, RunConfig{});
  std::uint64_t dram = 0, buffer = 0;
  for (const Fetch& fetch : result.program.fetches) {
    dram += fetch.dram_bytes;
    buffer += fetch.buffer_bytes;
  }
  // Weights: 16 bits in DRAM, 8 in the buffer.
  const std::uint64_t weights = 32 * 16 * 9, activations = 2 * 16 * 12 * 12;
  EXPECT_EQ(buffer, weights + activations);
  EXPECT_EQ(dram, 2 * weights + activations);
}

TEST(Compile, a_phase_without_taps_writes_zeros_that_the_vector_units_make) {
  const CompiledOperation result =
      compiled(conv_operation({.n = 1, .c = 8, .h = 6, .w = 6, .k = 8, .r = 1, .s = 1, .stride = {2, 2}},
                              Pass::input_gradient),
               RunConfig{});
  ASSERT_EQ(result.products.size(), 4U);
  EXPECT_EQ(result.program.vector_works.size(), 1U);
  EXPECT_EQ(result.mapping[1].reason, "zeros: no filter tap reaches these results");
  std::uint64_t written = 0;
  for (const WriteBack& w : result.program.write_backs) written += w.bytes;
  EXPECT_EQ(written, 8U * 36U);
}

std::string message_of(const TraceOperation& operation, const RunConfig& config) {
  try {
    compiled(operation, config);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Compile, names_the_buffer_that_is_too_small_for_one_vector) {
  RunConfig config;
  config.machine.pe.vector_size = 1024;
  config.machine.pe.buffer_b.capacity_bytes = 1024;
  EXPECT_EQ(message_of(linear_operation({1, 4, 4, 4096}, Pass::forward), config),
            "net.jsonl:7: pe.buffer_b.capacity_bytes: got 1024, expected at least 2048 for two vectors of "
            "layer fc1");
  config.machine.pe.buffer_a.capacity_bytes = 1024;
  EXPECT_EQ(message_of(linear_operation({1, 4, 4, 4096}, Pass::forward), config),
            "net.jsonl:7: pe.buffer_a.capacity_bytes: got 1024, expected at least 2048 for two vectors of "
            "layer fc1");
}

TEST(Compile, says_why_a_given_tiling_does_not_fit) {
  const TraceOperation operation = linear_operation({1, 256, 256, 8192}, Pass::forward);
  const auto message = [&](const GivenTiling& given) {
    RunConfig config;
    config.mapping.tiles = {{.layer = "other*"}, given};
    return message_of(operation, config);
  };
  EXPECT_EQ(message({.rows = 32, .columns = 16, .vectors_a = 128, .vectors_b = 8}),
            "net.jsonl:7: mapping.tiles[1]: got 132608 bytes, half of BufferA holds 65536, expected a tiling "
            "that fits");
  EXPECT_EQ(message({.rows = 32, .columns = 16, .vectors_a = 16, .vectors_b = 16}),
            "net.jsonl:7: mapping.tiles[1]: got 8192 bytes, half of BufferB holds 4096, expected a tiling "
            "that fits");
  EXPECT_EQ(message({.rows = 32, .columns = 17}),
            "net.jsonl:7: mapping.tiles[1]: got 17 columns, the collector has 16 entries, expected a tiling "
            "that fits");
  EXPECT_EQ(
      message({.grid_rows = 5, .grid_columns = 5}),
      "net.jsonl:7: mapping.tiles[1]: got a grid of 25 PEs, the machine has 16, expected a tiling that fits");
  EXPECT_EQ(message({.rows = 64, .vectors_a = 4, .vectors_b = 2}),
            "net.jsonl:7: mapping.tiles[1]: got 64 rows on 32 lanes with several B tiles per A tile, which "
            "the collector "
            "cannot keep, expected a tiling that fits");
}

TEST(Compile, unknown_operators_and_passes_are_errors_at_the_trace_line) {
  EXPECT_EQ(message_of(vector_operation("batch_nrom", Pass::forward, {4}), RunConfig{}),
            "net.jsonl:7: op: got batch_nrom, expected a known operator (did you mean batch_norm?)");
  EXPECT_THAT(
      message_of(vector_operation("zzzzzzzzzzzz", Pass::forward, {4}), RunConfig{}),
      ::testing::StartsWith(
          "net.jsonl:7: op: got zzzzzzzzzzzz, expected one of conv2d, linear, matmul, bmm, batch_norm"));
  EXPECT_EQ(message_of(vector_operation("relu", Pass::weight_gradient, {4}), RunConfig{}),
            "net.jsonl:7: pass: got bwd_weight, expected fwd or bwd for relu");
  EXPECT_EQ(message_of(vector_operation("relu", Pass::forward, {4, 0}), RunConfig{}),
            "net.jsonl:7: shape: got 2 extents, expected positive extents whose product is at most 2^62");
}

TEST(Compile, equal_work_has_equal_signatures_and_other_work_has_not) {
  const RunConfig config;
  TraceOperation a = linear_operation({1, 4, 5, 6}, Pass::forward);
  TraceOperation b = a;
  b.layer = "fc2";
  EXPECT_EQ(compiled(a, config).signature, compiled(b, config).signature);
  b.gemm->k = 7;
  EXPECT_NE(operation_signature(a, config), operation_signature(b, config));
  RunConfig given;
  given.mapping.tiles.push_back({.layer = "fc?", .pass = "forward"});
  EXPECT_NE(operation_signature(a, config), operation_signature(a, given));
}

TEST(OperatorTable, has_every_operator_a_trace_may_name_once_per_pass) {
  const auto names = operator_names();
  for (const std::string& name : trace_operator_names()) EXPECT_THAT(names, ::testing::Contains(name));
  const auto rows = vector_operators();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_FALSE(rows[i].what.empty()) << rows[i].name;
    for (std::size_t j = 0; j < i; ++j)
      EXPECT_FALSE(rows[i].name == rows[j].name && rows[i].pass == rows[j].pass);
    for (const VectorSweep& sweep : rows[i].sweeps) {
      EXPECT_EQ(sweep.reads.data(), rows[i].sweeps.front().reads.data()) << "sweeps read the same";
    }
  }
}

struct Traffic {
  std::uint64_t fetched = 0, loaded = 0, written = 0, elements = 0;
};

// Moved bytes, after checking that dependencies name earlier work only and shares fit the PEs.
Traffic check_streams(const Program& program, const AcceleratorParameters& machine) {
  Traffic t;
  std::array<std::uint32_t, kCounterCount> issued{};
  for (const Command& command : program.commands) {
    for (std::size_t i = 0; i < kCounterCount; ++i) EXPECT_LE(command.after.at_least[i], issued[i]);
    const auto count = [&](Counter counter) { ++issued[static_cast<std::size_t>(counter)]; };
    const std::uint64_t capacity = std::uint64_t{machine.global_buffer.capacity_kib} * 1024;
    if (command.operation == Operation::fetch) {
      const Fetch& f = program.fetches[command.index];
      t.fetched += f.dram_bytes;
      EXPECT_LE(f.buffer_address + f.buffer_bytes, capacity);
      count(Counter::fetched);
    } else if (command.operation == Operation::write_back) {
      const WriteBack& w = program.write_backs[command.index];
      t.written += w.bytes;
      EXPECT_LE(w.buffer_address + w.bytes, capacity);
      count(Counter::written_back);
    } else if (command.operation == Operation::load) {
      t.loaded += program.loads[command.index].bytes;
      EXPECT_LE((program.loads[command.index].bytes + machine.pe.count - 1) / machine.pe.count,
                machine.pe.buffer_b.capacity_bytes / 2);
      count(Counter::loaded);
    } else if (command.operation == Operation::vector_work) {
      t.elements += program.vector_works[command.index].elements;
      count(Counter::consumed);
      count(Counter::produced);
    } else if (command.operation == Operation::update) {
      t.elements += program.updates[command.index].parameters;
      count(Counter::updated);
    }
  }
  return t;
}

TEST(VectorProgram, streams_each_tensor_once_per_sweep) {
  Random random(9);
  for (int round = 0; round < 60; ++round) {
    const RunConfig config = random_machine(random);
    const auto elements = static_cast<std::uint64_t>(random.below(200000) + 1);
    const Traffic relu = check_streams(
        compiled(vector_operation("relu", Pass::backward, {static_cast<std::int64_t>(elements)}), config)
            .program,
        config.machine);
    EXPECT_EQ(relu.elements, elements);
    EXPECT_EQ(relu.fetched, 2 * elements);
    EXPECT_EQ(relu.loaded, 2 * elements);
    EXPECT_EQ(relu.written, elements);
  }
}

TEST(VectorProgram, a_second_sweep_fetches_again_only_when_the_data_do_not_stay) {
  const RunConfig config;
  const Traffic small = check_streams(
      compiled(vector_operation("batch_norm", Pass::forward, {100000}), config).program, config.machine);
  EXPECT_EQ(small.elements, 200000U);
  EXPECT_EQ(small.fetched, 100000U);
  EXPECT_EQ(small.loaded, 200000U);
  EXPECT_EQ(small.written, 100000U);
  const Traffic large = check_streams(
      compiled(vector_operation("batch_norm", Pass::forward, {8000000}), config).program, config.machine);
  EXPECT_EQ(large.fetched, 16000000U);
  EXPECT_EQ(large.written, 8000000U);
}

TEST(VectorProgram, every_operator_compiles_in_its_passes) {
  const RunConfig config;
  for (const VectorOperator& row : vector_operators()) {
    for (const std::int64_t elements : {1, 3, 100, 70000}) {
      const Traffic t = check_streams(
          compiled(vector_operation(std::string(row.name), row.pass, {elements}), config).program,
          config.machine);
      EXPECT_EQ(t.elements, static_cast<std::uint64_t>(elements) * row.sweeps.size()) << row.name;
    }
  }
}

TEST(UpdateProgram, moves_weights_gradients_and_state_and_writes_weights_and_state) {
  Random random(10);
  for (const OptimizerKind optimizer : {OptimizerKind::madam, OptimizerKind::sgd, OptimizerKind::adam}) {
    for (int round = 0; round < 20; ++round) {
      RunConfig config = random_machine(random);
      config.machine.optimizer.kind = optimizer;
      const std::int64_t parameters = random.below(100000) + 1;
      const Traffic t = check_streams(
          compiled(vector_operation("update", Pass::update, {parameters}), config).program, config.machine);
      const auto n = static_cast<std::uint64_t>(parameters);
      const std::uint64_t state = optimizer == OptimizerKind::adam ? 8 : 4;  // fp32 values
      EXPECT_EQ(t.elements, n);
      EXPECT_EQ(t.fetched, n * (2 + 1 + state));
      EXPECT_EQ(t.written, n * (2 + state));
    }
  }
}

}  // namespace
}  // namespace lnsim
