// Whole tile programs of real layers: what the compiler makes of recorded training steps for a machine of
// many small PEs, seen by one of them and its twin.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models_pe.h"
#include "sim/run/compile/compile.h"
#include "sim/run/replay/replay.h"
#include "sim/run/trace/trace.h"
#include "tests/lockstep/coverage.h"
#include "tests/lockstep/pe_lockstep.h"

namespace lnsim::lockstep {
namespace {

const std::filesystem::path kSource = LNSIM_SOURCE_DIR;
constexpr const char* kUnit = "pe";
constexpr const char* kRow = "pe_small";

// A machine of such PEs. Its buffers are smaller than the twin's, which are written with a convolution's
// operands unrolled.
RunConfig config_of(const PeMachine& machine, std::uint32_t pes) {
  RunConfig config;
  const FormatsParameters formats = config.machine.formats;
  config.machine = machine.parameters;
  config.machine.formats = formats;
  config.machine.pe.count = pes;
  config.machine.pe.buffer_a.capacity_bytes /= 16;
  config.machine.pe.buffer_b.capacity_bytes /= 16;
  config.machine.pe.packing = Packing::channel;
  return config;
}

struct Layers {
  Layers(const std::string& name, std::uint32_t pes)
      : machine(find_row(read_models(kSource / "tests/lockstep/pe.models"), kRow)),
        config(config_of(machine, pes)),
        trace(read_trace(kSource / "traces" / name)),
        store(trace) {}

  // `stalls`: in surroundings drawn at random; none: in a whole machine.
  void run(const TraceOperation& operation, std::uint32_t position, const std::optional<PeStalls>& stalls) {
    const CompiledOperation compiled = compile(operation, trace, config, EnergyCosts{});
    std::unique_ptr<OperandReplay> replay, probe;
    std::unique_ptr<PeData> data;
    if (has_operands(operation)) {
      replay = make_replay(operation, compiled, trace, store, config);
      probe = make_replay(operation, compiled, trace, store, config);
      data = std::make_unique<ReplayedPeData>(machine, compiled.products, *replay, *probe);
    } else {
      data = std::make_unique<RandomPeData>(machine, position);
    }
    const PeRun run{&compiled.program, position, stalls.value_or(PeStalls{}), position};
    const MakePeTwin make_twin = [] { return std::make_unique<PeTwinOf<Vpe_small>>(); };
    const PeSeen seen = stalls ? run_pe(machine, *make_twin(), *data, run)
                               : run_machine(machine, config.machine, make_twin, *data, compiled.program);
    EXPECT_EQ(seen.mismatch, "") << operation.layer << " " << operation.op << " "
                                 << kPassNames[static_cast<std::size_t>(operation.pass)] << ", PE "
                                 << position;
    coverage().cycles(kUnit, seen.cycles);
    coverage().count(kUnit, stalls ? "programs of real layers" : "programs of real layers in a whole machine",
                     1);
    coverage().count(kUnit, "cycles of real layers", seen.cycles);
    coverage().count(kUnit, "MACs of real layers", seen.events[Event::datapath_mac]);
    coverage().count(kUnit, "values emitted of real layers", seen.events[Event::ppu_value]);
    coverage().count(kUnit, "codes of recorded operands emitted", replay ? data->codes_emitted() : 0);
  }

  PeMachine machine;
  RunConfig config;
  Trace trace;
  TensorStore store;
};

TEST(RealLayers, of_a_recorded_step_run_on_the_twin_as_on_the_simulator) {
  Layers layers("digits-cnn.jsonl", 4);
  std::uint32_t position = 0;
  for (const TraceOperation& operation : layers.trace.operations) {
    for (const PeStalls& stalls : {PeStalls{}, PeStalls{10, 10, 30, 30}}) {
      layers.run(operation, position++ % 4, stalls);
      if (kReduced) break;
    }
  }
}

// Here the twins see what a whole machine does to its PEs: real DRAM, buses and controller, and their own
// progress.
TEST(RealLayers, of_a_recorded_step_run_on_the_twins_in_a_whole_machine) {
  Layers layers("digits-cnn.jsonl", 4);
  AcceleratorParameters& whole = layers.config.machine;
  whole.dram = {.channels = 2, .channel_bytes_per_cycle = 8, .burst_bytes = 32, .latency_cycles = 30};
  whole.dma.outstanding_bursts = 16;
  whole.global_buffer.capacity_kib = 64;
  // The twin's slots are written with a convolution's operands unrolled in the time that this bus takes
  // without.
  whole.bus.operand_bytes_per_cycle = 4;
  for (const TraceOperation& operation : layers.trace.operations) {
    if (kReduced && operation.macs > 20'000) continue;
    layers.run(operation, 0, std::nullopt);
  }
  coverage().require(kUnit, "programs of real layers in a whole machine", 20);
}

// Of the sizes of a large network: the smallest products in all passes, and every twelfth of the larger ones.
TEST(RealLayers, of_a_large_network_run_on_the_twin_as_on_the_simulator) {
  Layers layers("resnet50-b2.jsonl", 128);
  std::uint32_t position = 0, larger = 0;
  for (const TraceOperation& operation : layers.trace.operations) {
    const bool small = operation.macs <= (kReduced ? 5'000'000u : 30'000'000u);
    if (operation.macs == 0 || (!small && (kReduced || operation.macs > 110'000'000 || ++larger % 12 != 0)))
      continue;
    layers.run(operation, position, PeStalls{0, 0, 20, 0});
    position = (position + 37) % 128;
  }
  coverage().require(kUnit, "programs of real layers", kReduced ? 30 : 80);
}

}  // namespace
}  // namespace lnsim::lockstep
