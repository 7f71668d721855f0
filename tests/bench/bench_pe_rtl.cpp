// How much faster the simulator is than register transfers: the PE of the default machine, 32 lanes x 32
// elements with all their values, as SystemC and as Verilated SystemVerilog (models/rtl/pe.sv) on the same
// commands.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <random>
#include <stdexcept>
#include <vector>

#include "models/compute/pe.h"
#include "models/compute/ppu.h"
#include "models/compute/vector_unit.h"
#include "models_pe_default.h"
#include "tests/lockstep/pe_machine.h"
#include "tests/lockstep/pe_twin.h"
#include "tests/timing/probes.h"

namespace lnsim::lockstep {
namespace {

constexpr std::uint32_t kVectors = 8;  // of a command: as many as a slot of BufferB has for all columns
constexpr std::uint32_t kColumns = 16;
constexpr std::uint32_t kRows = 32;

PeMachine default_machine() {
  return PeMachine(find_row(read_models(LNSIM_SOURCE_DIR "/tests/bench/pe_default.models"), "pe_default"));
}

// Codes as behind a rectifier: any, a third of them zero.
std::vector<arith::Code> random_codes(std::size_t count, const arith::NumberFormat& format) {
  std::mt19937_64 random(count);
  std::vector<arith::Code> codes(count);
  for (arith::Code& code : codes)
    code = random() % 3 == 0 ? format.zero_code() : static_cast<arith::Code>(random() % 256);
  return codes;
}

struct Operands {
  explicit Operands(const PeMachine& machine)
      : a(random_codes(kRows * kVectors * machine.parameters.pe.vector_size, *machine.a)),
        b(random_codes(kColumns * kVectors * machine.parameters.pe.vector_size, *machine.b)) {}
  std::vector<arith::Code> a;
  std::vector<arith::Code> b;
};

// Takes what is emitted, as its codes.
class BenchData final : public TileData {
 public:
  explicit BenchData(const PeMachine& machine) : machine_(machine) {}
  const arith::Datapath& datapath() const override { return *machine_.datapath; }
  void read_operand(LoadTarget, const OperandTile&, std::byte*) override {}
  void spill(const ResultColumn&, const std::byte*) override {}
  void restore(const ResultColumn&, std::byte*) override {}
  void emit(const ResultColumn& where, const std::byte* accumulators) override {
    for (std::uint32_t i = 0; i < where.rows; ++i) {
      benchmark::DoNotOptimize(datapath().emit(accumulators + i * datapath().accumulator_bytes(), {}, {},
                                               *machine_.output, {}, counts_));
    }
  }
  void update(const Update&) override {}

 private:
  const PeMachine& machine_;
  arith::QuantiseCounts counts_;
};

Compute command_of() {
  Compute compute;
  compute.groups = {0, 1, 1, 1};
  compute.rows = {0, kRows, kRows, kRows};
  compute.columns = {0, kColumns, kColumns, kColumns};
  compute.vectors = kVectors;
  compute.useful_elements = kVectors * 32;
  return compute;
}

// `commands` commands on the same operands: the cycle in which the last operand has been consumed.
Cycle run_systemc(const PeMachine& machine, const Operands& operands, std::uint32_t commands) {
  const AcceleratorParameters& p = machine.parameters;
  Program program;
  for (std::uint32_t i = 0; i < commands; ++i) program.add(command_of(), {});
  test::Lab lab;
  BenchData data(machine);
  lab.state.program = &program;
  lab.state.data = &data;
  lab.state.scoreboard.begin(program, 1);
  const unsigned stages = p.datapath.pipeline_stages;
  CommandQueue queue(lab.simulation, p.control.queue_depth);
  Channel<FinishedColumn> columns(lab.simulation, ppu_queue_entries(stages), stages + 1);
  Channel<VectorTask> tasks(lab.simulation, 1);
  Channel<std::uint32_t> ends(lab.simulation, 1);
  Channel<OutputPacket> packets(lab.simulation, machine.packet_entries + p.pe.ppu.latency_cycles,
                                p.pe.ppu.latency_cycles);
  OperandBuffers buffers("pe", p.pe.buffer_a, p.pe.buffer_b);
  const auto fill = [&](LoadTarget target, const std::vector<arith::Code>& codes, std::uint32_t count) {
    Load load;
    load.target = target;
    load.bytes = codes.size();
    load.tile = {0, 0, 0, count, 0, static_cast<std::uint32_t>(codes.size() / count / p.pe.vector_size)};
    const auto packed = std::make_shared<AlignedBytes>();
    packed->reserve(codes.size() * machine.datapath->packed_bytes());
    machine.datapath->pack_a(codes, 0, packed->data());
    buffers.begin_fill(target, 0, load.bytes, 0);
    buffers.end_fill(load, packed);
  };
  fill(LoadTarget::operand_a, operands.a, kRows);
  fill(LoadTarget::operand_b, operands.b, kColumns);
  Pe pe("pe", lab.simulation, p.pe, stages, 0, Pe::Beats::streamed, lab.state, buffers,
        {&queue, &columns, &tasks, &ends});
  const BeatShape shape(p.global_buffer, p.bus.return_bytes_per_cycle);
  Ppu ppu("ppu", lab.simulation, p.pe.ppu, lab.state, columns, packets, shape);
  std::vector<std::pair<Cycle, QueuedCommand>> script;
  for (std::uint32_t i = 0; i < commands; ++i) script.emplace_back(1, QueuedCommand{i, i, 0, {}});
  test::Source<QueuedCommand> source("source", lab, queue, script);
  test::Sink<OutputPacket> sink("sink", lab, packets);
  test::Sink<VectorTask> task_sink("task_sink", lab, tasks);
  queue.connect(source, pe);
  columns.connect(pe, ppu);
  packets.connect(ppu, sink);
  tasks.connect(pe, task_sink);
  ends.connect(task_sink, pe);
  pe.reset();
  ppu.reset();
  lab.simulation.run(Cycle{1} << 40U);
  if (lab.state.scoreboard.value(Counter::consumed) != commands) throw std::runtime_error("unfinished");
  return lab.state.scoreboard.last_advance();
}

// The Verilated PE with its buffers filled.
class VerilatedPe {
 public:
  VerilatedPe(const PeMachine& machine, const Operands& operands) {
    twin_.command(nullptr);
    twin_.counters({});
    twin_.write(nullptr);
    twin_.ready(true, true);
    twin_.reset(true);
    cycle();
    cycle();
    twin_.reset(false);
    fill(machine, PeWriteTarget::operand_a, operands.a);
    fill(machine, PeWriteTarget::operand_b, operands.b);
    twin_.write(nullptr);
  }

  // Commands as in run_systemc, the first one pushed in cycle 1.
  Cycle run(std::uint32_t commands) {
    PeCommand command;
    command.rows = kRows;
    command.columns = kColumns;
    command.vectors = kVectors;
    command.start = static_cast<std::uint8_t>(SumStart::zero);
    command.end = static_cast<std::uint8_t>(SumEnd::emit);
    command.stride_a = kVectors;
    command.stride_b = kVectors;
    std::uint32_t pushed = 0, consumed = 0;
    PeOutputs seen = twin_.look();
    for (Cycle now = 1;; ++now) {
      command.ordinal = pushed;
      const bool pushes = seen.command_ready && pushed < commands;
      twin_.command(pushes ? &command : nullptr);
      pushed += pushes ? 1 : 0;
      seen = cycle();
      consumed += seen.lanes.consumed ? 1 : 0;
      if (consumed == commands) return now;
    }
  }

 private:
  PeOutputs cycle() {
    const PeOutputs seen = twin_.look();
    twin_.tick();
    return seen;
  }

  void fill(const PeMachine& machine, PeWriteTarget target, const std::vector<arith::Code>& codes) {
    PeWrite write;
    write.target = target;
    const std::size_t at_once = std::size_t{machine.write_vectors} * machine.parameters.pe.vector_size;
    for (std::size_t first = 0; first < codes.size(); first += at_once, write.word += machine.write_vectors) {
      write.data = {};
      for (std::size_t i = 0; i < std::min(at_once, codes.size() - first); ++i)
        write.data.put(i * 8, 8, codes[first + i]);
      twin_.write(&write);
      cycle();
    }
  }

  PeTwinOf<Vpe_default> twin_;
};

void systemc_pe(benchmark::State& state) {
  const PeMachine machine = default_machine();
  const Operands operands(machine);
  double cycles = 0;
  for (auto _ : state) cycles += static_cast<double>(run_systemc(machine, operands, 500));
  state.counters["cycles/s"] = benchmark::Counter(cycles, benchmark::Counter::kIsRate);
}

void verilated_pe(benchmark::State& state) {
  const PeMachine machine = default_machine();
  const Operands operands(machine);
  double cycles = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto pe = std::make_unique<VerilatedPe>(machine, operands);
    state.ResumeTiming();
    cycles += static_cast<double>(pe->run(20));
  }
  state.counters["cycles/s"] = benchmark::Counter(cycles, benchmark::Counter::kIsRate);
}

// Both in turn, on the same commands, which take them the same cycles.
void systemc_over_verilated(benchmark::State& state) {
  const PeMachine machine = default_machine();
  const Operands operands(machine);
  std::clock_t systemc = 0, verilated = 0;  // processor time
  for (auto _ : state) {
    VerilatedPe pe(machine, operands);
    const auto start = std::clock();
    const Cycle expected = run_systemc(machine, operands, 20);
    const auto between = std::clock();
    const Cycle got = pe.run(20);
    verilated += std::clock() - between;
    systemc += between - start;
    if (got != expected) throw std::runtime_error("the cycles differ");
  }
  state.counters["times as fast"] = static_cast<double>(verilated) / static_cast<double>(systemc);
}

BENCHMARK(systemc_pe)->Unit(benchmark::kMillisecond);
BENCHMARK(verilated_pe)->Unit(benchmark::kMillisecond);
BENCHMARK(systemc_over_verilated)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lnsim::lockstep
