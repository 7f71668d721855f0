// The progress counters, broadcast to all units through one register: an advance in cycle t is seen in t + 1.
//
// A unit that finds a dependency unmet gets an edge when the counter it lacks advances.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "models/control/activity.h"
#include "models/control/program.h"
#include "sim/base/clock.h"
#include "sim/base/state_image.h"
#include "sim/base/unit.h"

namespace lnsim {

// A unit's place in the list of those that wait.
struct Waiter {
  Waiter(Unit& owner, BusyReport& waits) : unit(&owner), report(&waits) {}
  Unit* unit;
  BusyReport* report;
  bool waiting = false;
};

class Scoreboard {
 public:
  // Counters to 0; `program` tells how far each must go.
  void begin(const Program& program, std::uint32_t pes);

  // Whether the counters, as seen in cycle `now`, have reached their values. One question per waiter and
  // cycle.
  bool ready(const Dependencies& after, Waiter& waiter, Cycle now);

  void advance(Counter counter, Cycle now);

  // PE number `ordinal` of the PE commands is done on one more PE, for consumed or produced. Commands without
  // output may be done before older ones; the counter advances in order.
  void pe_done(Counter counter, std::uint32_t ordinal, Cycle now);

  // The program has become shorter by so many commands per counter: those not issued yet.
  void pass_over(const std::array<std::uint64_t, kCounterCount>& commands);
  // `issued`: commands of each counter's queue that were issued.
  void image(StateImage& image, const std::array<std::uint32_t, kCounterCount>& issued) const;

  bool finished() const { return remaining_ == 0; }
  Cycle last_advance() const { return last_advance_; }
  std::uint32_t value(Counter counter) const { return counters_[static_cast<std::size_t>(counter)].total; }
  std::string state() const;
  // The values not reached yet: `loaded >= 7 (now 5)`; empty when there are none.
  std::string unmet(const Dependencies& after) const;

 private:
  struct Register {
    std::uint32_t total = 0;
    std::uint32_t in_cycle = 0;  // of the total, those of cycle `written`
    Cycle written = kNever;
    std::uint32_t end = 0;
    std::vector<Waiter*> waiters;
    std::vector<std::uint32_t> pes_done;  // per PE command, consumed and produced only

    std::uint32_t seen(Cycle now) const { return written == now ? total - in_cycle : total; }
  };

  Register& at(Counter counter) { return counters_[static_cast<std::size_t>(counter)]; }

  std::array<Register, kCounterCount> counters_;
  std::uint64_t remaining_ = 0;
  std::uint32_t pes_ = 0;
  Cycle last_advance_ = 0;
};

}  // namespace lnsim
