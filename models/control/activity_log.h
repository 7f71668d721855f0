// What each unit did in every cycle of one run, as a list of pieces per unit: for timelines.
//
// In each cycle a unit does one thing: what it reports itself busy with, else it waits for a progress counter
// to start its next command, else nothing. Nothing has no piece. The bytes of the shared wires are written
// down beside it, summed over kTrafficWindow cycles.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/accelerator.h"
#include "models/control/program.h"
#include "models/events.h"
#include "sim/base/clock.h"

namespace lnsim {

// A Cause, or kCauseCount + a Counter that is waited for.
using UnitDoing = std::uint8_t;
inline constexpr std::size_t kUnitDoings = kCauseCount + kCounterCount;
std::string unit_doing_name(UnitDoing doing);  // `compute`, `wait loaded`

inline constexpr std::array<Event, 4> kTrafficEvents{Event::dram_read_byte, Event::dram_write_byte,
                                                     Event::operand_bus_byte, Event::return_bus_byte};
inline constexpr Cycle kTrafficWindow = 32;

struct ActivityLog {
  struct Piece {
    Cycle begin = 0;  // from the start of the run
    Cycle end = 0;
    UnitDoing doing = 0;
    bool operator==(const Piece&) const = default;
  };
  Cycle cycles = 0;
  std::vector<std::vector<Piece>> units;  // by track, in time order
  // Per window, the counts of each event of kTrafficEvents. Empty on the kernel, which nobody observes.
  std::vector<std::array<std::uint64_t, kTrafficEvents.size()>> traffic;
};

// Appends a piece; what goes on without a gap stays one.
void append_piece(std::vector<ActivityLog::Piece>& pieces, const ActivityLog::Piece& piece);

class ActivityLogWriter {
 public:
  ActivityLogWriter(std::size_t tracks, Cycle start);

  // From `now` on. The last word within a cycle holds. Cause::count, Counter::count: no longer.
  void busy(std::size_t track, Cause cause, Cycle now);
  void waits(std::size_t track, Counter counter, Cycle now);
  // The counts after cycle `now`.
  void traffic(const EventCounts& counts, Cycle now);

  ActivityLog finish(std::uint64_t cycles);

 private:
  struct Unit {
    Cause cause = Cause::count;
    Counter counter = Counter::count;
    Cycle since = 0;
    int doing() const;
  };
  void close(std::size_t track, Cycle now);

  Cycle start_;
  std::vector<Unit> units_;
  EventCounts counted_;
  ActivityLog log_;
};

}  // namespace lnsim
