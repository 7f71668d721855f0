#include "models/estimate/program_cycles.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "models/estimate/dma_times.h"
#include "models/estimate/pe_times.h"
#include "models/memory/transfers.h"
#include "sim/base/errors.h"

namespace lnsim {
namespace {

constexpr double kAgreed = 0.01;  // of the cycles (our choice, as the next ones)
constexpr double kFew = 0.15;     // conflicts, of the cycles without them
constexpr int kMostTries = 8;

class Walk {
 public:
  Walk(const Program& program, const AcceleratorParameters& machine, const Slowdowns& slowdowns)
      : program_(program),
        machine_(machine),
        slowdowns_(slowdowns),
        dma_(machine, slowdowns),
        pes_(program, machine, slowdowns) {}

  Cycle run() {
    Cycle issued = 0;
    for (const Command& command : program_.commands) {
      const Counter counter = completion_of(command.operation);
      std::vector<Cycle>& taken = taken_[static_cast<std::size_t>(counter)];
      ++issued;
      const std::size_t depth = machine_.control.queue_depth;
      if (taken.size() >= depth) issued = std::max(issued, taken[taken.size() - depth] + 1);
      const CommandTimes times = run(command, std::max(issued + 1, met(command.after)));
      taken.push_back(times.taken);
      finish(counter, times.done);
      if (counter == Counter::produced) finish(Counter::consumed, times.consumed);
    }
    Cycle last = 0;
    for (const std::vector<Cycle>& done : done_)
      if (!done.empty()) last = std::max(last, done.back());
    return last;
  }

 private:
  // When dependencies are seen met.
  Cycle met(const Dependencies& after) const {
    Cycle met = 0;
    for (std::size_t i = 0; i < kCounterCount; ++i) {
      const std::uint32_t wanted = after.at_least[i];
      if (wanted > done_[i].size()) throw ModelError("a command waits for one that is issued later");
      if (wanted > 0) met = std::max(met, done_[i][wanted - 1] + 1);
    }
    return met;
  }

  // Counters count in order.
  void finish(Counter counter, Cycle at) {
    std::vector<Cycle>& done = done_[static_cast<std::size_t>(counter)];
    done.push_back(done.empty() ? at : std::max(at, done.back()));
  }

  CommandTimes run(const Command& command, Cycle ready) {
    switch (command.operation) {
      case Operation::fetch:
        return dma_.add(program_.fetches[command.index], ready);
      case Operation::write_back:
        return dma_.add(program_.write_backs[command.index], ready);
      case Operation::load:
        return run(program_.loads[command.index], ready);
      case Operation::compute:
        return pes_.add(program_.computes[command.index], ready);
      case Operation::vector_work:
        return pes_.add(program_.vector_works[command.index], ready);
      case Operation::update:
        break;
    }
    return run(program_.updates[command.index], ready);
  }

  CommandTimes run(const Load& load, Cycle ready) {
    const std::uint64_t beat =
        std::min<std::uint64_t>(machine_.bus.operand_bytes_per_cycle, buffer_line(machine_.global_buffer));
    const Cycle taken = std::max(ready, operand_bus_free_);
    operand_bus_free_ = taken + slowed(transfers(load, machine_.bus) * ceil_div(load.bytes, beat), slowdowns_,
                                       BufferClient::operand_bus);
    return {taken, 0, operand_bus_free_ + machine_.bus.latency_cycles + 1};
  }

  CommandTimes run(const Update& update, Cycle ready) {
    const WeightUpdateParameters& unit = machine_.weight_update;
    const std::uint64_t beat = std::max<std::uint64_t>(1, buffer_line(machine_.global_buffer) / 2);
    const Cycle taken = std::max(ready, update_free_);
    const Cycle cycles =
        std::max({slowed(ceil_div(update.read_bytes, beat), slowdowns_, BufferClient::update_read),
                  slowed(ceil_div(update.write_bytes, beat), slowdowns_, BufferClient::update_write),
                  ceil_div(update.parameters, std::uint64_t{unit.count} * unit.lanes)});
    update_free_ = taken + cycles + unit.latency_cycles + 3;  // a read and a write of the global buffer
    return {taken, 0, update_free_};
  }

  const Program& program_;
  const AcceleratorParameters& machine_;
  const Slowdowns& slowdowns_;
  DmaTimes dma_;
  PeTimes pes_;
  Cycle operand_bus_free_ = 0, update_free_ = 0;
  std::array<std::vector<Cycle>, kCounterCount> done_, taken_;  // by counter and command
};

// Looks for the n with walk_in(n) = n; the walk falls with n.
class Estimate {
 public:
  Estimate(const Program& program, const AcceleratorParameters& machine)
      : program_(program), machine_(machine), conflicts_(program, machine) {}

  bool takes_at_most(double cycles) const { return walk_in(cycles) <= cycles; }
  Cycle cycles() const;

 private:
  double walk(const Slowdowns& slowdowns) const {
    return static_cast<double>(Walk(program_, machine_, slowdowns).run());
  }
  double walk_in(double cycles) const { return walk(conflicts_.within(cycles)); }

  const Program& program_;
  const AcceleratorParameters& machine_;
  BankConflicts conflicts_;
};

Cycle Estimate::cycles() const {
  Slowdowns none;
  none.fill(1.0);
  double low = walk(none);
  if (low == 0.0) return 0;
  double above = walk_in(low);
  double high = above;
  // Conflicts go by 1 / n as long as they are few: n = low + (above - low) low / n.
  double estimate = low / 2 + std::sqrt(low * low / 4 + (above - low) * low);
  if (above <= low * (1.0 + kFew)) return static_cast<Cycle>(estimate + 0.5);
  double below = walk_in(high);
  for (int tries = 0; tries < kMostTries && high - below > kAgreed * high; ++tries) {
    // The straight line through both, and every other time the middle.
    const double line = low + (high - low) * (above - low) / ((above - low) + (high - below));
    const double middle = tries % 2 == 0 ? line : (low + high) / 2;
    const double found = walk_in(middle);
    estimate = (found + middle) / 2;
    if (std::abs(found - middle) < kAgreed * middle) break;
    if (found > middle) {
      low = middle;
      above = found;
    } else {
      high = middle;
      below = found;
    }
  }
  return static_cast<Cycle>(estimate + 0.5);
}

}  // namespace

Cycle estimated_cycles(const Program& program, const AcceleratorParameters& machine) {
  return Estimate(program, machine).cycles();
}

std::optional<Cycle> estimated_cycles_within(const Program& program, const AcceleratorParameters& machine,
                                             Cycle most) {
  const Estimate estimate(program, machine);
  if (most > 0 && most != kNever && !estimate.takes_at_most(static_cast<double>(most))) return std::nullopt;
  const Cycle cycles = estimate.cycles();
  return cycles <= most ? std::optional(cycles) : std::nullopt;
}

}  // namespace lnsim
