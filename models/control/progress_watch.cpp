#include "models/control/progress_watch.h"

#include <fmt/format.h>

namespace lnsim {

std::string ProgressWatch::look(std::uint64_t stepped_cycles, const EventCounts& events, Cycle last_advance) {
  const std::uint64_t patience = options_.patience_cycles;
  waited_ = last_advance == last_advance_ ? waited_ + patience : 0;
  last_advance_ = last_advance;
  const std::uint64_t stepped = stepped_cycles - stepped_;
  std::string wrong;
  if (events == events_) {
    wrong = 2 * stepped >= patience
                ? fmt::format("livelock: units stepped in {} of {} cycles, and nothing came of it", stepped,
                              patience)
                : fmt::format("no event in {} cycles", patience);
  } else if (waited_ >= options_.command_patience_cycles) {
    wrong = fmt::format("livelock: no command was done in {} cycles, though units go on; in the last {}: {}",
                        waited_, patience, since_last_look(events));
  }
  stepped_ = stepped_cycles;
  events_ = events;
  return wrong;
}

std::string ProgressWatch::since_last_look(const EventCounts& events) const {
  std::string text;
  for (const EventRow& row : kEvents) {
    const std::uint64_t count = events[row.event] - events_[row.event];
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, row.name);
  }
  return text;
}

}  // namespace lnsim
