// How many design points of a ResNet-50 iteration one core runs per second, by what tells them apart: prices,
// the widths of tensors, or the machine's shape.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "sim/run/config/run_config.h"
#include "sim/run/sweep/evaluate.h"
#include "sim/run/sweep/result_store.h"
#include "sim/run/trace/trace.h"

namespace lnsim {
namespace {

const std::filesystem::path kSource = LNSIM_SOURCE_DIR;
const std::filesystem::path kBase = kSource / "configs/accelerators/lns-madam.yaml";

void run(benchmark::State& state, const std::vector<RunConfig>& points, Timing timing = Timing::simulated) {
  SweepInputs inputs;
  inputs.traces.push_back({read_trace(kSource / "traces/resnet50-b2.jsonl"), "resnet50"});
  const std::filesystem::path database =
      std::filesystem::temp_directory_path() / ("lnsim_bench_" + std::to_string(::getpid()) + ".db");
  for (auto _ : state) {
    {
      ResultStore store(database);
      Evaluator evaluator(inputs, store);
      for (const RunConfig& point : points) {
        const SweepResult result = evaluator.evaluate(point, kBase.parent_path(), timing);
        if (!result.error.empty()) state.SkipWithError(result.error.c_str());
      }
    }
    std::filesystem::remove(database);
  }
  state.counters["points/s"] = benchmark::Counter(static_cast<double>(points.size() * state.iterations()),
                                                  benchmark::Counter::kIsRate);
}

void that_differ_in_prices(benchmark::State& state) {
  std::vector<RunConfig> points(400, read_run_config(kBase));
  for (std::size_t i = 0; i < points.size(); ++i)
    points[i].machine.clock.frequency_ghz = 0.5 + 0.0025 * static_cast<double>(i);
  run(state, points);
}

void that_differ_in_widths(benchmark::State& state) {
  std::vector<RunConfig> points;
  RunConfig point = read_run_config(kBase);
  FormatsParameters& formats = point.machine.formats;
  for (const unsigned weight : {4U, 5U, 6U, 8U})
    for (const unsigned activation : {4U, 5U, 6U, 8U})
      for (const unsigned error : {5U, 6U, 8U})
        for (const unsigned gradient : {6U, 8U})
          for (const unsigned update : {12U, 16U}) {
            formats.weight.bits = weight;
            formats.activation.bits = activation;
            formats.error.bits = error;
            formats.gradient.bits = gradient;
            formats.update.bits = update;
            points.push_back(point);
          }
  run(state, points);
}

std::vector<RunConfig> points_that_differ_in_shape() {
  std::vector<RunConfig> points;
  RunConfig point = read_run_config(kBase);
  for (const std::uint32_t pes : {8U, 16U, 32U})
    for (const std::uint32_t channels : {4U, 8U}) {
      point.machine.pe.count = pes;
      point.machine.dram.channels = channels;
      points.push_back(point);
    }
  return points;
}

void that_differ_in_shape(benchmark::State& state) {
  run(state, points_that_differ_in_shape());
}

void that_differ_in_shape_estimated(benchmark::State& state) {
  run(state, points_that_differ_in_shape(), Timing::estimated);
}

BENCHMARK(that_differ_in_prices)->Unit(benchmark::kMillisecond);
BENCHMARK(that_differ_in_widths)->Unit(benchmark::kMillisecond);
BENCHMARK(that_differ_in_shape)->Unit(benchmark::kMillisecond);
BENCHMARK(that_differ_in_shape_estimated)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lnsim
