// How whole operations answer to a larger or slower machine.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "sim/run/iteration.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

const fs::path kSource = LNSIM_SOURCE_DIR;

RunConfig default_config() {
  return read_run_config(kSource / "configs/accelerators/lns-madam.yaml");
}

IterationResult run(const Trace& trace, const RunConfig& config) {
  const EnergyCosts costs = read_energy_table(kSource / "configs/energy/published-45nm.yaml", config.machine);
  return run_iteration(trace, config, costs, {.values = Values::shapes_only},
                       [](std::size_t, std::size_t, const std::string&) {});
}

// Every operator of a real iteration once in each pass, and some of its shapes more than once.
Trace sample_of(const std::string& name, std::size_t step) {
  Trace trace = read_trace(kSource / "traces" / name);
  std::vector<TraceOperation> sample;
  std::map<std::pair<std::string, Pass>, int> seen;
  for (std::size_t i = 0; i < trace.operations.size(); ++i) {
    const TraceOperation& operation = trace.operations[i];
    if (operation.pass == Pass::update && i % 20 != 0) continue;
    if (seen[{operation.op, operation.pass}]++ == 0 || i % step == 0) sample.push_back(operation);
  }
  trace.operations = sample;
  return trace;
}

class Scaling : public testing::TestWithParam<const char*> {};

TEST_P(Scaling, twice_the_pes_never_slow_an_operation) {
  const Trace trace = sample_of(GetParam(), 200);
  RunConfig config = default_config();
  std::vector<std::uint64_t> before;
  for (const std::uint32_t pes : {8U, 16U, 32U}) {
    config.machine.pe.count = pes;
    const IterationResult result = run(trace, config);
    for (std::size_t i = 0; i < result.operations.size(); ++i) {
      const OperationResult& operation = result.operations[i];
      EXPECT_LE(utilisation(operation.run, config.machine.pe), 1.0);
      if (!before.empty()) {
        EXPECT_LE(operation.run.cycles, before[i])
            << operation.layer << " " << kPassNames[static_cast<std::size_t>(operation.pass)] << " with "
            << pes;
      }
    }
    before.clear();
    for (const OperationResult& operation : result.operations) before.push_back(operation.run.cycles);
  }
}

TEST_P(Scaling, no_operation_is_faster_than_its_multiplications_and_its_bytes_allow) {
  const RunConfig config = default_config();
  const PeParameters& pe = config.machine.pe;
  const DramParameters& dram = config.machine.dram;
  for (const OperationResult& operation : run(sample_of(GetParam(), 100), config).operations) {
    const EventCounts& events = operation.run.events;
    EXPECT_GE(operation.run.cycles * pe.count * pe.lanes * pe.vector_size,
              events[Event::datapath_mac] + events[Event::datapath_idle_mac])
        << operation.layer;
    EXPECT_GE(operation.run.cycles * dram.channels * dram.channel_bytes_per_cycle,
              events[Event::dram_read_byte] + events[Event::dram_write_byte])
        << operation.layer;
  }
}

INSTANTIATE_TEST_SUITE_P(Traces, Scaling, testing::Values("resnet50-b2.jsonl", "bert-base-b2.jsonl"),
                         [](const auto& trace) { return std::string(trace.param).substr(0, 4); });

// What waits for DRAM takes its bytes over its bandwidth, plus a latency that does not change.
TEST(MemoryBound, operations_take_twice_the_cycles_at_half_the_bandwidth) {
  const fs::path path = fs::temp_directory_path() / "lnsim_memory_bound.jsonl";
  std::ofstream(path)
      << R"({"format":"lns-layertrace/1","model":"memory bound"})" << '\n'
      << R"({"i":0,"layer":"fc","op":"linear","pass":"fwd","gemm":{"batch":1,"M":1,"N":4096,"K":2048},"macs":8388608})"
      << '\n'
      << R"({"i":1,"layer":"fc","param":"fc.weight","op":"update","pass":"update","shape":[4096,2048]})"
      << '\n';
  const Trace trace = read_trace(path);
  fs::remove(path);
  RunConfig config = default_config();
  config.machine.dram.channel_bytes_per_cycle = 16;
  const IterationResult whole = run(trace, config);
  config.machine.dram.channel_bytes_per_cycle = 8;
  const IterationResult half = run(trace, config);
  for (std::size_t i = 0; i < whole.operations.size(); ++i) {
    const double ratio = static_cast<double>(half.operations[i].run.cycles) /
                         static_cast<double>(whole.operations[i].run.cycles);
    EXPECT_NEAR(ratio, 2.0, 0.03) << whole.operations[i].layer << " " << i;
  }
}

}  // namespace
}  // namespace lnsim
