#include "models/control/scoreboard.h"

#include <fmt/format.h>

namespace lnsim {

void Scoreboard::begin(const Program& program, std::uint32_t pes) {
  for (Register& counter : counters_) counter = {};
  for (const Command& command : program.commands) ++at(completion_of(command.operation)).end;
  at(Counter::consumed).end = at(Counter::produced).end;
  at(Counter::consumed).pes_done.resize(at(Counter::consumed).end);
  at(Counter::produced).pes_done.resize(at(Counter::produced).end);
  remaining_ = 0;
  for (const Register& counter : counters_) remaining_ += counter.end;
  pes_ = pes;
  last_advance_ = 0;
}

bool Scoreboard::ready(const Dependencies& after, Waiter& waiter, Cycle now) {
  for (std::size_t i = 0; i < kCounterCount; ++i) {
    const std::uint32_t wanted = after.at_least[i];
    Register& counter = counters_[i];
    if (counter.seen(now) >= wanted) continue;
    waiter.report->waits_for(static_cast<Counter>(i), now);
    if (counter.total >= wanted) {
      waiter.unit->request_edge(now + 1);
    } else if (!waiter.waiting) {
      waiter.waiting = true;
      counter.waiters.push_back(&waiter);
    }
    return false;
  }
  waiter.report->waits_for(Counter::count, now);
  return true;
}

void Scoreboard::advance(Counter counter, Cycle now) {
  Register& reg = at(counter);
  if (reg.written != now) {
    reg.written = now;
    reg.in_cycle = 0;
  }
  ++reg.total;
  ++reg.in_cycle;
  --remaining_;
  last_advance_ = now;
  for (Waiter* waiter : reg.waiters) {
    waiter->waiting = false;
    waiter->unit->request_edge(now + 1);
  }
  reg.waiters.clear();
}

void Scoreboard::pe_done(Counter counter, std::uint32_t ordinal, Cycle now) {
  Register& reg = at(counter);
  ++reg.pes_done[ordinal];
  while (reg.total < reg.end && reg.pes_done[reg.total] == pes_) advance(counter, now);
}

void Scoreboard::list(SignalList& signals) const {
  for (std::size_t i = 0; i < kCounterCount; ++i)
    signals.add(std::string(kCounterNames[i]), counters_[i].total);
}

void Scoreboard::pass_over(const std::array<std::uint64_t, kCounterCount>& commands) {
  for (std::size_t i = 0; i < kCounterCount; ++i) {
    counters_[i].end -= static_cast<std::uint32_t>(commands[i]);
    remaining_ -= commands[i];
  }
}

void Scoreboard::image(StateImage& image, const std::array<std::uint32_t, kCounterCount>& issued) const {
  for (std::size_t i = 0; i < kCounterCount; ++i) {
    const Register& counter = counters_[i];
    image.number(issued[i] - counter.total);
    image.number(counter.waiters.size());
    if (counter.pes_done.empty()) continue;
    for (std::uint32_t ordinal = counter.total; ordinal < issued[i]; ++ordinal)
      image.number(counter.pes_done[ordinal]);
  }
}

std::string Scoreboard::unmet(const Dependencies& after) const {
  std::string text;
  for (std::size_t i = 0; i < kCounterCount; ++i) {
    if (counters_[i].total >= after.at_least[i]) continue;
    text += fmt::format("{}{} >= {} (now {})", text.empty() ? "" : " and ", kCounterNames[i],
                        after.at_least[i], counters_[i].total);
  }
  return text;
}

std::string Scoreboard::state() const {
  std::string text;
  for (std::size_t i = 0; i < kCounterCount; ++i) {
    text +=
        fmt::format("{}{} {}/{}", i == 0 ? "" : ", ", kCounterNames[i], counters_[i].total, counters_[i].end);
  }
  return text;
}

}  // namespace lnsim
