#include "tests/lockstep/pe_comparison.h"

#include <fmt/format.h>

#include <array>
#include <exception>

#include "sim/base/kernel_time.h"

namespace lnsim::lockstep {
namespace {

// In the order of PeEvents.
constexpr std::array<Event, 8> kComparedEvents{
    Event::buffer_a_read_byte, Event::buffer_b_read_byte,   Event::datapath_mac,
    Event::datapath_idle_mac,  Event::collector_accumulate, Event::collector_transfer_byte,
    Event::ppu_value,          Event::vector_unit_operation};

}  // namespace

PeComparison::PeComparison(const sc_core::sc_module_name& name, PeHost& host, std::vector<ComparedPe> pes,
                           RunState& state, PeData& data)
    : sc_module(name), host_(host), sides_(pes.begin(), pes.end()), state_(state), data_(data) {
  twin_board_.begin(*state.program, static_cast<std::uint32_t>(pes.size()));
  for (Side& side : sides_) reset(side.twin);
  SC_METHOD(look);
  sensitive << next_;
  dont_initialize();
  next_.notify(sc_core::sc_time::from_value(kKernelTicksPerCycle * 3 / 2));
}

PeSeen PeComparison::run(Simulation& simulation, Cycle limit) {
  if (simulation.run(limit) == Simulation::End::failed) std::rethrow_exception(simulation.take_failure());
  seen_.events = state_.events;
  seen_.lanes_held_up = state_.activity.finish(seen_.cycles + 1)[static_cast<std::size_t>(Cause::output)];
  if (seen_.mismatch.empty() && !host_.over())
    seen_.mismatch = fmt::format("not finished in {} cycles: {}", seen_.cycles, state_.scoreboard.state());
  if (seen_.mismatch.empty() && data_.bytes_waiting() != 0)
    seen_.mismatch = fmt::format("{} bytes were never sent", data_.bytes_waiting());
  return seen_;
}

void PeComparison::reset(PeTwin& twin) {
  twin.reset(true);
  twin.command(nullptr);
  twin.write(nullptr);
  twin.ready(false, false);
  for (int i = 0; i < 3; ++i) {
    twin.look();
    twin.tick();
  }
  twin.reset(false);
}

void PeComparison::look() {
  now_ = cycle_of(sc_core::sc_time_stamp());
  try {
    host_.look(now_);
    compare_cycle();
  } catch (const std::exception& error) {
    seen_.mismatch = fmt::format("cycle {}: {}", now_, error.what());
  }
  if (!seen_.mismatch.empty()) host_.give_up();
  if (!host_.over()) next_.notify(duration_of(1));
}

void PeComparison::compare_cycle() {
  for (std::size_t i = 0; i < counters_.size(); ++i)
    counters_[i] = twin_board_.value(static_cast<Counter>(i));
  for (std::size_t pe = 0; pe < sides_.size(); ++pe) {
    Side& side = sides_[pe];
    const PeGiven& given = host_.given(pe);
    const PeOutputs shown = show(side, given);
    compare_queue(side, shown);
    if (compare_packet("PPU packet", shown.ppu, given.ppu)) {
      compare_values(pe, shown.ppu, given.ppu->bytes);
      if (given.ppu_ready) side.front_bytes.reset();
    }
    compare_packet("vector packet", shown.vector, given.vector);
    mark_done(shown.lanes);
    mark_done(shown.head);
    for (std::size_t i = 0; i < kComparedEvents.size(); ++i)
      twin_events_[kComparedEvents[i]] += shown.events[i];
    side.twin.tick();
  }
  compare_counters();
  compare_events();
  ++seen_.cycles;
}

PeOutputs PeComparison::show(Side& side, const PeGiven& given) {
  side.twin.command(given.command ? &*given.command : nullptr);
  side.twin.write(given.write ? &*given.write : nullptr);
  side.twin.ready(given.ppu_ready, given.vector_ready);
  side.twin.counters(counters_);
  return side.twin.look();
}

template <class Value>
void PeComparison::expect_equal(std::string_view what, const Value& got, const Value& expected) {
  if (got == expected || !seen_.mismatch.empty()) return;
  seen_.mismatch = fmt::format("cycle {}: {}: the twin has {}, the simulator {}", now_, what, got, expected);
}

void PeComparison::compare_queue(Side& side, const PeOutputs& shown) {
  expect_equal("room in the command queue", shown.command_ready, side.room);
  if (!side.room) ++seen_.commands_held_up;
  side.room = side.simulated.commands.size() < side.simulated.commands.capacity();
}

// Whether there is one.
bool PeComparison::compare_packet(const std::string& what, const PePacket& shown,
                                  const std::optional<OutputPacket>& front) {
  expect_equal(what, shown.valid, front.has_value());
  if (!front || !shown.valid) return false;
  expect_equal(what + "'s address", std::uint64_t{shown.address}, front->address);
  expect_equal(what + "'s bytes", shown.bytes, front->bytes);
  expect_equal(what + "'s command", shown.ordinal, front->ordinal);
  expect_equal(what + " is the last", shown.last, front->last);
  return true;
}

void PeComparison::compare_values(std::size_t pe, const PePacket& shown, std::uint32_t bytes) {
  std::optional<std::vector<std::uint8_t>>& expected = sides_[pe].front_bytes;
  if (expected) {
    ++seen_.packets_held_up;
  } else {
    expected = data_.take_bytes(pe, bytes);
    ++seen_.packets;
  }
  expect_equal("bytes that the PPU packet should carry", std::size_t{bytes}, expected->size());
  for (std::size_t i = 0; i < expected->size(); ++i) {
    const unsigned got = shown.data.word(i / 4) >> (i % 4 * 8) & 0xFF;
    if (got != (*expected)[i])
      expect_equal(fmt::format("byte {} of the PPU packet", i), got, unsigned{(*expected)[i]});
  }
}

void PeComparison::mark_done(const PeDone& done) {
  if (done.consumed) mark_done(Counter::consumed, done.ordinal);
  if (done.produced) mark_done(Counter::produced, done.ordinal);
}

void PeComparison::mark_done(Counter counter, std::uint32_t ordinal) {
  const std::size_t commands = state_.program->computes.size() + state_.program->vector_works.size();
  if (ordinal < commands) {
    twin_board_.pe_done(counter, ordinal, now_);
  } else {
    expect_equal("number of a finished command", std::size_t{ordinal}, commands);
  }
}

void PeComparison::compare_counters() {
  for (const std::uint32_t ordinal : host_.produced()) mark_done(Counter::produced, ordinal);
  for (const Counter counter : host_.advanced()) twin_board_.advance(counter, now_);
  for (std::size_t i = 0; i < kCounterCount; ++i) {
    const auto counter = static_cast<Counter>(i);
    if (twin_board_.value(counter) != state_.scoreboard.value(counter))
      expect_equal(fmt::format("progress counter {}", i), twin_board_.value(counter),
                   state_.scoreboard.value(counter));
  }
}

void PeComparison::compare_events() {
  for (const Event event : kComparedEvents)
    expect_equal(kEvents[static_cast<std::size_t>(event)].name, twin_events_[event], state_.events[event]);
}

}  // namespace lnsim::lockstep
