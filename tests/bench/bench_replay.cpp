// How fast recorded operands are replayed: bit-accurate multiply-accumulates and simulated cycles per second
// of single layers on the default machine, with random operands.
//
//   machine    the compiled program on the accelerator: what moves and multiplies codes
//   switching  the same, and counts what switches in the lanes
//   whole      rounding, compilation, machine, reference and report: what a user waits for
#include <benchmark/benchmark.h>

#include <memory>
#include <random>
#include <vector>

#include "models/accelerator.h"
#include "sim/run/compile/compile.h"
#include "sim/run/replay/replay.h"
#include "sim/run/trace/trace_formulas.h"

namespace lnsim {
namespace {

enum class Part : std::uint8_t { machine, switching, whole };

TraceOperation matrix_product(std::int64_t m, std::int64_t n, std::int64_t k) {
  TraceOperation operation;
  operation.layer = "fc";
  operation.op = "linear";
  operation.gemm = GemmDims{1, m, n, k};
  operation.b_transposed = true;
  operation.a = "fc/x";
  operation.b = "fc/w";
  operation.macs = *gemm_macs(*operation.gemm);
  return operation;
}

// 3 x 3, padding 1, stride 1 or 2.
TraceOperation convolution(Pass pass, std::int64_t channels, std::int64_t side, std::int64_t stride) {
  ConvDims d{.n = 2, .c = channels, .h = side, .w = side, .k = channels, .r = 3, .s = 3};
  d.stride = {stride, stride};
  d.pad = {1, 1};
  d.p = d.q = conv_output_extent(side, 3, stride, 1, 1);
  TraceOperation operation;
  operation.layer = "conv";
  operation.op = "conv2d";
  operation.pass = pass;
  operation.conv = d;
  operation.gemm = conv_gemm(d, pass);
  operation.macs = *conv_macs(d);
  return operation;
}

std::vector<double> normal_values(std::int64_t count, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal;
  std::vector<double> values(static_cast<std::size_t>(count));
  for (double& value : values) value = normal(engine);
  return values;
}

RecordedProduct operands_of(const TraceOperation& operation) {
  RecordedProduct recorded;
  std::int64_t a = 0, b = 0;
  if (operation.conv) {
    const ConvDims& d = *operation.conv;
    const std::int64_t x = d.n * d.c * d.h * d.w, w = d.k * d.c * d.r * d.s, y = d.n * d.k * d.p * d.q;
    a = operation.pass == Pass::forward ? x : y;
    b = operation.pass == Pass::weight_gradient ? x : w;
  } else {
    a = operation.gemm->m * operation.gemm->k;
    b = operation.gemm->n * operation.gemm->k;
  }
  recorded.a = normal_values(a, 1);
  recorded.b = normal_values(b, 2);
  return recorded;
}

void replay(benchmark::State& state, const TraceOperation& operation, Part part) {
  const RunConfig config;
  const RecordedProduct recorded = operands_of(operation);
  const LaneActivity activity = part == Part::switching ? LaneActivity::counted : LaneActivity::ignored;
  Accelerator accelerator(config.machine);
  double cycles = 0, macs = 0;
  for (auto _ : state) {
    if (part != Part::whole) state.PauseTiming();
    const CompiledOperation compiled = compile(operation, Trace{}, config, EnergyCosts{});
    OperandReplay operands(compiled.products, recorded, config.machine);
    if (part != Part::whole) state.ResumeTiming();
    const RunResult result = accelerator.run(compiled.program, &operands, activity);
    if (part == Part::whole) benchmark::DoNotOptimize(operands.report(result.dot_counts));
    cycles += static_cast<double>(result.cycles);
    macs += static_cast<double>(result.dot_counts.products);
  }
  state.counters["MAC/s"] = benchmark::Counter(macs, benchmark::Counter::kIsRate);
  state.counters["cycles/s"] = benchmark::Counter(cycles, benchmark::Counter::kIsRate);
}

#define LNSIM_REPLAY(name, ...)                                                                             \
  BENCHMARK_CAPTURE(replay, name##_machine, __VA_ARGS__, Part::machine)->Unit(benchmark::kMillisecond);     \
  BENCHMARK_CAPTURE(replay, name##_switching, __VA_ARGS__, Part::switching)->Unit(benchmark::kMillisecond); \
  BENCHMARK_CAPTURE(replay, name##_whole, __VA_ARGS__, Part::whole)->Unit(benchmark::kMillisecond)

LNSIM_REPLAY(linear_512x512x1152, matrix_product(512, 512, 1152));
LNSIM_REPLAY(conv_128x28x28_forward, convolution(Pass::forward, 128, 28, 1));
LNSIM_REPLAY(conv_128x28x28_input_gradient, convolution(Pass::input_gradient, 128, 28, 1));
LNSIM_REPLAY(conv_128x28x28_stride2_input_gradient, convolution(Pass::input_gradient, 128, 28, 2));
LNSIM_REPLAY(conv_128x28x28_weight_gradient, convolution(Pass::weight_gradient, 128, 28, 1));

}  // namespace
}  // namespace lnsim
