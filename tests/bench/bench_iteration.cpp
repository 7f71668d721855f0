// How long a whole training iteration takes by shapes alone, from a trace in memory to its result, on all
// cores; and how much longer when SystemC's kernel steps every unit through every cycle.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <filesystem>
#include <string>

#include "sim/run/config/run_config.h"
#include "sim/run/energy/energy_table.h"
#include "sim/run/iteration.h"
#include "sim/run/trace/trace.h"
#include "sim/run/workload/workload.h"

namespace lnsim {
namespace {

const std::filesystem::path kSource = LNSIM_SOURCE_DIR;

void run(benchmark::State& state, const Trace& trace, bool exact_step) {
  const RunConfig config = read_run_config(kSource / "configs/accelerators/lns-madam.yaml");
  const EnergyCosts costs = read_energy_table(kSource / "configs/energy/published-45nm.yaml", config.machine);
  IterationOptions options;
  options.values = Values::shapes_only;
  options.simulation.exact_step = exact_step;
  double cycles = 0;
  for (auto _ : state) {
    const IterationResult result =
        run_iteration(trace, config, costs, options, [](std::size_t, std::size_t, const std::string&) {});
    cycles += static_cast<double>(result.run.cycles);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  state.counters["cycles/s"] = benchmark::Counter(cycles, benchmark::Counter::kIsRate);
  state.counters["peak MB"] = static_cast<double>(usage.ru_maxrss) / 1024;
}

void resnet50(benchmark::State& state) {
  run(state, read_trace(kSource / "traces/resnet50-b2.jsonl"), false);
}
void resnet50_exact_step(benchmark::State& state) {
  run(state, read_trace(kSource / "traces/resnet50-b2.jsonl"), true);
}
void bert_large(benchmark::State& state) {
  run(state, make_workload("bert-large", {}).trace, false);
}
void gpt_1t(benchmark::State& state) {
  run(state, make_workload("gpt", {.size = "1t"}).trace, false);
}

BENCHMARK(resnet50)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(resnet50_exact_step)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(bert_large)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(gpt_1t)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace lnsim
