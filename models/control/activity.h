// Which cause each cycle is charged to (see Cause in models/accelerator.h).
//
// Units report when something starts and ends; cycles are charged in intervals, only when time advances, so
// the order of reports within a cycle does not matter.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/accelerator.h"
#include "models/control/activity_log.h"
#include "sim/base/clock.h"
#include "sim/base/state_image.h"

namespace lnsim {

class Activity {
 public:
  void begin(Cycle now);
  // `delta` units more are busy with `cause` from this cycle on.
  void change(Cause cause, int delta, Cycle now) {
    if (delta == 0) return;
    if (now != since_) charge(now);
    busy_[static_cast<std::size_t>(cause)] += delta;
  }
  // The cycles from begin up to `end`, which add up to end - begin.
  std::array<std::uint64_t, kCauseCount> finish(Cycle end);
  // Those up to `now`, all changes of which have been reported.
  const std::array<std::uint64_t, kCauseCount>& cycles(Cycle now) {
    if (now != since_) charge(now);
    return cycles_;
  }

  // The place of a unit's report in logs.
  std::size_t add_track(std::string name) {
    tracks_.push_back(std::move(name));
    return tracks_.size() - 1;
  }
  const std::vector<std::string>& tracks() const { return tracks_; }
  // From the next begin on, every unit's report is written down there; null: nowhere.
  void write_to(ActivityLogWriter* writer) { writer_ = writer; }
  ActivityLogWriter* writer() const { return writer_; }

 private:
  void charge(Cycle now);

  std::array<std::uint64_t, kCauseCount> cycles_{};
  std::array<std::int64_t, kCauseCount> busy_{};
  Cycle since_ = 0;
  std::vector<std::string> tracks_;
  ActivityLogWriter* writer_ = nullptr;
};

// A unit's own report: it is busy with at most one cause at a time, and may wait for one progress counter.
class BusyReport {
 public:
  BusyReport(Activity& activity, std::string name)
      : activity_(&activity), track_(activity.add_track(std::move(name))) {}
  void set(Cause cause, Cycle now) {
    if (cause == cause_) return;
    clear(now);
    activity_->change(cause, 1, now);
    cause_ = cause;
    if (ActivityLogWriter* writer = activity_->writer()) writer->busy(track_, cause, now);
  }
  void clear(Cycle now) {
    if (cause_ == Cause::count) return;
    activity_->change(cause_, -1, now);
    cause_ = Cause::count;
    if (ActivityLogWriter* writer = activity_->writer()) writer->busy(track_, cause_, now);
  }
  // For logs only: the next command waits for `counter`; Counter::count: for none.
  void waits_for(Counter counter, Cycle now) {
    if (ActivityLogWriter* writer = activity_->writer()) writer->waits(track_, counter, now);
  }
  void set_if(bool busy, Cause cause, Cycle now) {
    if (busy) {
      set(cause, now);
    } else {
      clear(now);
    }
  }
  void reset() { cause_ = Cause::count; }
  bool busy() const { return cause_ != Cause::count; }
  void image(StateImage& image) const { image.number(static_cast<std::uint64_t>(cause_)); }

 private:
  Activity* activity_;
  std::size_t track_;
  Cause cause_ = Cause::count;
};

}  // namespace lnsim
