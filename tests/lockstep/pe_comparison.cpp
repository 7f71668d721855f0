#include "tests/lockstep/pe_comparison.h"

#include <fmt/format.h>

#include <array>
#include <exception>

namespace lnsim::lockstep {
namespace {

// In the order of PeEvents.
constexpr std::array<Event, 8> kComparedEvents{
    Event::buffer_a_read_byte, Event::buffer_b_read_byte,   Event::datapath_mac,
    Event::datapath_idle_mac,  Event::collector_accumulate, Event::collector_transfer_byte,
    Event::ppu_value,          Event::vector_unit_operation};

}  // namespace

PeComparison::PeComparison(const sc_core::sc_module_name& name, PeHost& host, const SimulatedPe& pe,
                           RunState& state, PeData& data, PeTwin& twin)
    : sc_module(name), host_(host), pe_(pe), state_(state), data_(data), twin_(twin) {
  twin_board_.begin(*state.program, 1);
  reset_twin();
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

void PeComparison::reset_twin() {
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

void PeComparison::look() {
  now_ = current_cycle();
  try {
    compare(host_.given(now_));
  } catch (const std::exception& error) {
    seen_.mismatch = fmt::format("cycle {}: {}", now_, error.what());
  }
  if (!seen_.mismatch.empty()) host_.give_up();
  if (!host_.over()) next_.notify(duration_of(1));
}

void PeComparison::compare(const PeGiven& given) {
  give(given);
  const PeOutputs shown = twin_.look();
  compare_queue(shown);
  compare_packet("PPU packet", shown.ppu, given.ppu, true);
  compare_packet("vector packet", shown.vector, given.vector, false);
  compare_counters(shown, given);
  compare_events(shown);
  if (given.ppu && given.ppu_ready) front_bytes_.reset();
  twin_.tick();
  ++seen_.cycles;
}

void PeComparison::give(const PeGiven& given) {
  twin_.command(given.command ? &*given.command : nullptr);
  twin_.write(given.write ? &*given.write : nullptr);
  twin_.ready(given.ppu_ready, given.vector_ready);
  std::array<std::uint32_t, kCounterCount> counters{};
  for (std::size_t i = 0; i < kCounterCount; ++i) counters[i] = twin_board_.value(static_cast<Counter>(i));
  twin_.counters(counters);
}

template <class Value>
void PeComparison::expect_equal(std::string_view what, const Value& got, const Value& expected) {
  if (got == expected || !seen_.mismatch.empty()) return;
  seen_.mismatch = fmt::format("cycle {}: {}: the twin has {}, the simulator {}", now_, what, got, expected);
}

void PeComparison::compare_queue(const PeOutputs& shown) {
  expect_equal("room in the command queue", shown.command_ready, room_);
  if (!room_) ++seen_.commands_held_up;
  room_ = pe_.commands.size() < pe_.commands.capacity();
}

void PeComparison::compare_packet(const std::string& what, const PePacket& shown,
                                  const std::optional<OutputPacket>& front, bool carries_values) {
  expect_equal(what, shown.valid, front.has_value());
  if (!front || !shown.valid) return;
  expect_equal(what + "'s address", std::uint64_t{shown.address}, front->address);
  expect_equal(what + "'s bytes", shown.bytes, front->bytes);
  expect_equal(what + "'s command", shown.ordinal, front->ordinal);
  expect_equal(what + " is the last", shown.last, front->last);
  if (carries_values) compare_values(what, shown, front->bytes);
}

void PeComparison::compare_values(const std::string& what, const PePacket& shown, std::uint32_t bytes) {
  if (front_bytes_) {
    ++seen_.packets_held_up;
  } else {
    front_bytes_ = data_.take_bytes(bytes);
    ++seen_.packets;
  }
  expect_equal("bytes that the " + what + " should carry", std::size_t{bytes}, front_bytes_->size());
  for (std::size_t i = 0; i < front_bytes_->size(); ++i) {
    const unsigned got = shown.data.word(i / 4) >> (i % 4 * 8) & 0xFF;
    expect_equal(fmt::format("byte {} of the {}", i, what), got, unsigned{(*front_bytes_)[i]});
  }
}

// The twin's counters, kept as the simulator keeps its own.
void PeComparison::compare_counters(const PeOutputs& shown, const PeGiven& given) {
  for (const PeDone& done : {shown.lanes, shown.head}) {
    if (done.consumed) mark_done(Counter::consumed, done.ordinal);
    if (done.produced) mark_done(Counter::produced, done.ordinal);
  }
  for (const std::uint32_t ordinal : given.produced) mark_done(Counter::produced, ordinal);
  for (const Counter counter : given.advanced) twin_board_.advance(counter, now_);
  for (std::size_t i = 0; i < kCounterCount; ++i) {
    const auto counter = static_cast<Counter>(i);
    expect_equal(fmt::format("progress counter {}", i), twin_board_.value(counter),
                 state_.scoreboard.value(counter));
  }
}

void PeComparison::mark_done(Counter counter, std::uint32_t ordinal) {
  const std::size_t commands = state_.program->computes.size() + state_.program->vector_works.size();
  if (ordinal < commands) {
    twin_board_.pe_done(counter, ordinal, now_);
  } else {
    expect_equal("number of a finished command", std::size_t{ordinal}, commands);
  }
}

void PeComparison::compare_events(const PeOutputs& shown) {
  for (std::size_t i = 0; i < kComparedEvents.size(); ++i) {
    const Event event = kComparedEvents[i];
    twin_events_[event] += shown.events[i];
    expect_equal(kEvents[static_cast<std::size_t>(event)].name, twin_events_[event], state_.events[event]);
  }
}

}  // namespace lnsim::lockstep
