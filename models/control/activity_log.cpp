#include "models/control/activity_log.h"

#include <utility>

namespace lnsim {
namespace {

constexpr int kNothing = -1;

}  // namespace

std::string unit_doing_name(UnitDoing doing) {
  if (doing < kCauseCount) return std::string(kCauseNames[doing]);
  return "wait " + std::string(kCounterNames[doing - kCauseCount]);
}

void append_piece(std::vector<ActivityLog::Piece>& pieces, const ActivityLog::Piece& piece) {
  if (!pieces.empty() && pieces.back().end == piece.begin && pieces.back().doing == piece.doing) {
    pieces.back().end = piece.end;
  } else {
    pieces.push_back(piece);
  }
}

ActivityLogWriter::ActivityLogWriter(std::size_t tracks, Cycle start) : start_(start), units_(tracks) {
  for (Unit& unit : units_) unit.since = start;
  log_.units.resize(tracks);
}

int ActivityLogWriter::Unit::doing() const {
  if (cause != Cause::count) return static_cast<int>(cause);
  if (counter != Counter::count) return static_cast<int>(kCauseCount) + static_cast<int>(counter);
  return kNothing;
}

void ActivityLogWriter::busy(std::size_t track, Cause cause, Cycle now) {
  close(track, now);
  units_[track].cause = cause;
}

void ActivityLogWriter::waits(std::size_t track, Counter counter, Cycle now) {
  if (units_[track].counter == counter) return;
  close(track, now);
  units_[track].counter = counter;
}

// Writes down what the unit has been doing until now.
void ActivityLogWriter::close(std::size_t track, Cycle now) {
  Unit& unit = units_[track];
  const Cycle begin = std::exchange(unit.since, now);
  const int doing = unit.doing();
  if (doing == kNothing || begin >= now) return;
  append_piece(log_.units[track], {begin - start_, now - start_, static_cast<UnitDoing>(doing)});
}

void ActivityLogWriter::traffic(const EventCounts& counts, Cycle now) {
  const auto window = static_cast<std::size_t>((now - start_) / kTrafficWindow);
  for (std::size_t i = 0; i < kTrafficEvents.size(); ++i) {
    const std::uint64_t moved = counts[kTrafficEvents[i]] - counted_[kTrafficEvents[i]];
    if (moved == 0) continue;
    if (log_.traffic.size() <= window) log_.traffic.resize(window + 1);
    log_.traffic[window][i] += moved;
  }
  counted_ = counts;
}

ActivityLog ActivityLogWriter::finish(std::uint64_t cycles) {
  for (std::size_t track = 0; track < units_.size(); ++track) close(track, start_ + cycles);
  log_.cycles = cycles;
  return std::move(log_);
}

}  // namespace lnsim
