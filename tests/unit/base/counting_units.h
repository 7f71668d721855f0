// A producer and a consumer of counted entries, for tests of channels and clock edges.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/channel.h"
#include "sim/base/unit.h"

namespace lnsim::test {

// Pushes 0, 1, 2, ... one per cycle.
class Producer final : public Unit {
 public:
  Producer(const char* name, Simulation& simulation, Channel<std::uint32_t>& channel, std::uint32_t entries)
      : Unit(name, simulation), channel_(channel), entries_(entries) {}
  void reset() override {}
  std::string state() const override { return {}; }
  std::vector<Cycle> pushed;

 protected:
  void step(Cycle now) override {
    if (pushed.size() == entries_ || !channel_.can_push(now)) return;
    channel_.push(now, static_cast<std::uint32_t>(pushed.size()));
    pushed.push_back(now);
    request_edge(now + 1);
  }

 private:
  Channel<std::uint32_t>& channel_;
  std::uint32_t entries_;
};

// Takes one entry in cycles that are multiples of its period.
class Consumer final : public Unit {
 public:
  Consumer(const char* name, Simulation& simulation, Channel<std::uint32_t>& channel, Cycle period)
      : Unit(name, simulation), channel_(channel), period_(period) {}
  void reset() override {}
  std::string state() const override { return {}; }
  std::vector<Cycle> taken;
  std::vector<std::uint32_t> values;

 protected:
  void step(Cycle now) override {
    if (now % period_ != 0) {
      request_edge(now + period_ - now % period_);
      return;
    }
    const std::uint32_t* front = channel_.front(now);
    if (front == nullptr) return;
    taken.push_back(now);
    values.push_back(*front);
    channel_.pop(now);
    request_edge(now + 1);
  }

 private:
  Channel<std::uint32_t>& channel_;
  Cycle period_;
};

}  // namespace lnsim::test
