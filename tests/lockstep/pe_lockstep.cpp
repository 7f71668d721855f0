#include "tests/lockstep/pe_lockstep.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string_view>

#include "models/compute/pe.h"
#include "models/compute/ppu.h"
#include "models/compute/vector_unit.h"
#include "sim/base/simulation.h"

namespace lnsim::lockstep {
namespace {

constexpr std::array<Event, 8> kComparedEvents{
    Event::buffer_a_read_byte, Event::buffer_b_read_byte,   Event::datapath_mac,
    Event::datapath_idle_mac,  Event::collector_accumulate, Event::collector_transfer_byte,
    Event::ppu_value,          Event::vector_unit_operation};

// The simulator's PE, wired as models/machine.cpp does.
struct PeParts {
  PeParts(Simulation& simulation, const PeMachine& machine, const PeRun& run, RunState& state, PeData& data)
      : parameters(machine.parameters),
        commands(simulation, parameters.control.queue_depth),
        columns(simulation, ppu_queue_entries(stages()), stages() + 1),
        vector_tasks(simulation, 1),
        vector_ends(simulation, 1),
        ppu_packets(simulation, machine.packet_entries + parameters.pe.ppu.latency_cycles,
                    parameters.pe.ppu.latency_cycles),
        vector_packets(simulation, machine.packet_entries + parameters.pe.vector_unit.latency_cycles,
                       parameters.pe.vector_unit.latency_cycles),
        buffers("pe", parameters.pe.buffer_a, parameters.pe.buffer_b),
        shape(parameters.global_buffer, parameters.bus.return_bytes_per_cycle),
        pe("pe", simulation, parameters.pe, stages(), run.position, Pe::Beats::streamed, state, buffers,
           PeChannels{&commands, &columns, &vector_tasks, &vector_ends}),
        ppu("ppu", simulation, parameters.pe.ppu, state, columns, ppu_packets, shape),
        vector_unit("vector_unit", simulation, parameters.pe.vector_unit, parameters.pe.buffer_b, state,
                    {&vector_tasks, &vector_ends, &vector_packets}, shape),
        surroundings(simulation, state, machine, run.position, data, buffers,
                     {&commands, &ppu_packets, &vector_packets}, run.stalls, run.seed) {
    commands.connect(surroundings, pe);
    columns.connect(pe, ppu);
    vector_tasks.connect(pe, vector_unit);
    vector_ends.connect(vector_unit, pe);
    ppu_packets.connect(ppu, surroundings);
    vector_packets.connect(vector_unit, surroundings);
    pe.reset();
    ppu.reset();
    vector_unit.reset();
  }

  unsigned stages() const { return parameters.datapath.pipeline_stages; }

  const AcceleratorParameters& parameters;
  CommandQueue commands;
  Channel<FinishedColumn> columns;
  Channel<VectorTask> vector_tasks;
  Channel<std::uint32_t> vector_ends;
  Channel<OutputPacket> ppu_packets;
  Channel<OutputPacket> vector_packets;
  OperandBuffers buffers;
  BeatShape shape;
  Pe pe;
  Ppu ppu;
  VectorUnit vector_unit;
  PeSurroundings surroundings;
};

// Looks at both sides half a cycle after the units have stepped, when everything of the cycle has happened.
class Comparison final : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Comparison);
  Comparison(const sc_core::sc_module_name& name, PeParts& parts, const RunState& state, PeData& data,
             PeTwin& twin)
      : sc_module(name), parts_(parts), state_(state), data_(data), twin_(twin) {
    twin_board_.begin(*state.program, 1);
    reset_twin();
    SC_METHOD(look);
    sensitive << next_;
    dont_initialize();
    next_.notify(sc_core::sc_time::from_value(kKernelTicksPerCycle * 3 / 2));
  }

  const PeSeen& seen() const { return seen_; }

 private:
  void reset_twin() {
    twin_.reset(true);
    twin_.command(nullptr);
    twin_.write(nullptr);
    twin_.ready(false, false);
    for (int i = 0; i < 3; ++i) {
      twin_.look();
      twin_.tick();
    }
    twin_.reset(false);
  }

  void look() {
    now_ = current_cycle();
    const PeGiven& given = parts_.surroundings.given();
    give(given);
    const PeOutputs shown = twin_.look();
    compare_queue(shown);
    compare_packet("PPU packet", shown.ppu, given.ppu, true);
    compare_packet("vector packet", shown.vector, given.vector, false);
    compare_counters(shown, given);
    compare_events(shown);
    if (given.ppu && given.ppu_ready) front_bytes_.reset();
    room_ = parts_.commands.size() < parts_.commands.capacity();
    twin_.tick();
    ++seen_.cycles;
    if (!seen_.mismatch.empty()) parts_.surroundings.give_up();
    if (!parts_.surroundings.over()) next_.notify(duration_of(1));
  }

  void give(const PeGiven& given) {
    twin_.command(given.command ? &*given.command : nullptr);
    twin_.write(given.write ? &*given.write : nullptr);
    twin_.ready(given.ppu_ready, given.vector_ready);
    std::array<std::uint32_t, kCounterCount> counters{};
    for (std::size_t i = 0; i < kCounterCount; ++i) counters[i] = twin_board_.value(static_cast<Counter>(i));
    twin_.counters(counters);
  }

  template <class Got, class Expected>
  void expect_equal(std::string_view what, const Got& got, const Expected& expected) {
    if (got == expected || !seen_.mismatch.empty()) return;
    seen_.mismatch =
        fmt::format("cycle {}: {}: the twin has {}, the simulator {}", now_, what, got, expected);
  }

  // Whether the queue had room when the cycle began.
  void compare_queue(const PeOutputs& shown) {
    expect_equal("room in the command queue", shown.command_ready, room_);
    if (!room_) ++seen_.commands_held_up;
  }

  void compare_packet(const std::string& what, const PePacket& shown,
                      const std::optional<OutputPacket>& front, bool carries_values) {
    expect_equal(what, shown.valid, front.has_value());
    if (!front || !shown.valid) return;
    expect_equal(what + "'s address", std::uint64_t{shown.address}, front->address);
    expect_equal(what + "'s bytes", shown.bytes, front->bytes);
    expect_equal(what + "'s command", shown.ordinal, front->ordinal);
    expect_equal(what + " is the last", shown.last, front->last);
    if (!carries_values) return;
    if (!front_bytes_) {
      front_bytes_ = data_.take_bytes(front->bytes);
      ++seen_.packets;
      seen_.bytes += front_bytes_->size();
    } else {
      ++seen_.packets_held_up;
    }
    for (std::size_t i = 0; i < front->bytes; ++i) {
      const unsigned got = shown.data.word(i / 4) >> (i % 4 * 8) & 0xFF;
      expect_equal(fmt::format("byte {} of the {}", i, what), got,
                   i < front_bytes_->size() ? unsigned{(*front_bytes_)[i]} : 256u);
    }
  }

  void compare_counters(const PeOutputs& shown, const PeGiven& given) {
    for (const PeDone& done : {shown.lanes, shown.head}) {
      if (done.consumed) mark_done(Counter::consumed, done.ordinal);
      if (done.produced) mark_done(Counter::produced, done.ordinal);
    }
    for (const std::uint32_t ordinal : given.produced) mark_done(Counter::produced, ordinal);
    for (const Counter counter : given.advanced) twin_board_.advance(counter, now_);
    for (const Counter counter : {Counter::consumed, Counter::produced})
      expect_equal(counter == Counter::consumed ? "commands consumed" : "commands produced",
                   twin_board_.value(counter), state_.scoreboard.value(counter));
  }

  void mark_done(Counter counter, std::uint32_t ordinal) {
    const auto commands = state_.program->computes.size() + state_.program->vector_works.size();
    if (ordinal < commands) {
      twin_board_.pe_done(counter, ordinal, now_);
    } else {
      expect_equal("a finished command", ordinal, commands);
    }
  }

  void compare_events(const PeOutputs& shown) {
    for (std::size_t i = 0; i < kComparedEvents.size(); ++i) {
      twin_events_[kComparedEvents[i]] += shown.events[i];
      expect_equal(kEvents[static_cast<std::size_t>(kComparedEvents[i])].name,
                   twin_events_[kComparedEvents[i]], state_.events[kComparedEvents[i]]);
    }
  }

  PeParts& parts_;
  const RunState& state_;
  PeData& data_;
  PeTwin& twin_;
  Scoreboard twin_board_;
  EventCounts twin_events_;
  sc_core::sc_event next_;
  Cycle now_ = 0;
  bool room_ = true;
  std::optional<std::vector<std::uint8_t>> front_bytes_;
  PeSeen seen_;
};

}  // namespace

PeSeen run_pe(const PeMachine& machine, PeTwin& twin, PeData& data, const PeRun& run) {
  Simulation simulation;
  const Simulation::Scope scope(simulation);
  RunState state;
  state.program = run.program;
  state.data = &data;
  state.scoreboard.begin(*run.program, 1);
  state.activity.begin(0);
  PeParts parts(simulation, machine, run, state, data);
  Comparison comparison("comparison", parts, state, data, twin);
  const Simulation::End end = simulation.run(run.cycle_limit);
  PeSeen seen = comparison.seen();
  seen.events = state.events;
  seen.lanes_held_up = state.activity.finish(seen.cycles + 1)[static_cast<std::size_t>(Cause::output)];
  if (end == Simulation::End::failed) std::rethrow_exception(simulation.take_failure());
  if (seen.mismatch.empty() && !parts.surroundings.over())
    seen.mismatch = fmt::format("not finished in {} cycles: {}", seen.cycles, state.scoreboard.state());
  if (seen.mismatch.empty() && data.bytes_waiting() != 0)
    seen.mismatch = fmt::format("{} bytes were never sent", data.bytes_waiting());
  return seen;
}

}  // namespace lnsim::lockstep
