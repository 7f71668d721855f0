// Test equipment: a kernel context with units that push and take entries at known cycles.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "models/control/run_state.h"
#include "sim/base/channel.h"
#include "sim/base/simulation.h"
#include "sim/base/unit.h"

namespace lnsim::test {

// Declared first in a test, so that all units are built and destroyed in its context.
struct Lab {
  explicit Lab(const Disturbance& disturbance = {}) : simulation(disturbance) {}
  Simulation::End run() { return simulation.run(1'000'000); }

  Simulation simulation;
  Simulation::Scope scope{simulation};
  RunState state;
};

// Pushes each entry in the cycle it is given, or as soon as there is room after it.
template <class T>
class Source final : public Unit {
 public:
  Source(const char* name, Lab& lab, Channel<T>& channel, std::vector<std::pair<Cycle, T>> script)
      : Unit(name, lab.simulation), channel_(channel), script_(std::move(script)) {
    if (!script_.empty()) request_edge(script_.front().first);
  }
  const std::vector<Cycle>& pushed() const { return pushed_; }
  void reset() override {}
  std::string state() const override { return {}; }

 protected:
  void step(Cycle now) override {
    while (next_ < script_.size() && script_[next_].first <= now && channel_.can_push(now)) {
      channel_.push(now, script_[next_++].second);
      pushed_.push_back(now);
    }
    if (next_ < script_.size() && script_[next_].first > now) request_edge(script_[next_].first);
  }

 private:
  Channel<T>& channel_;
  std::vector<std::pair<Cycle, T>> script_;
  std::size_t next_ = 0;
  std::vector<Cycle> pushed_;
};

// Takes up to `per_cycle` entries in every cycle from `open_from` on, and writes down when.
template <class T>
class Sink final : public Unit {
 public:
  Sink(const char* name, Lab& lab, Channel<T>& channel, Cycle open_from = 0, unsigned per_cycle = 1)
      : Unit(name, lab.simulation), channel_(channel), open_from_(open_from), per_cycle_(per_cycle) {}
  const std::vector<Cycle>& cycles() const { return cycles_; }
  const std::vector<T>& values() const { return values_; }
  void reset() override {}
  std::string state() const override { return {}; }

 protected:
  void step(Cycle now) override {
    if (now < open_from_) {
      request_edge(open_from_);
      return;
    }
    for (unsigned i = 0; i < per_cycle_; ++i) {
      const T* front = channel_.front(now);
      if (front == nullptr) return;
      cycles_.push_back(now);
      values_.push_back(*front);
      channel_.pop(now);
    }
    request_edge(now + 1);
  }

 private:
  Channel<T>& channel_;
  Cycle open_from_;
  unsigned per_cycle_;
  std::vector<Cycle> cycles_;
  std::vector<T> values_;
};

using Cycles = std::vector<Cycle>;

}  // namespace lnsim::test
