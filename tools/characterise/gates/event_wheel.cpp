#include "tools/characterise/gates/event_wheel.h"

#include <bit>

namespace lnsim::gates {

EventWheel::EventWheel(std::size_t outputs, std::uint32_t longest_delay)
    : mask_(std::bit_ceil(std::uint64_t{longest_delay} + 1) - 1),
      occupied_(mask_ + 1),
      first_(mask_ + 1, kNone),
      slot_(outputs, kNone),
      next_(outputs, kNone),
      previous_(outputs, kNone) {}

void EventWheel::schedule(std::size_t output, std::uint64_t time) {
  const auto slot = static_cast<std::uint32_t>(time & mask_);
  const auto id = static_cast<std::uint32_t>(output);
  const std::uint32_t head = first_[slot];
  slot_[id] = slot;
  next_[id] = head;
  previous_[id] = kNone;
  if (head == kNone) {
    occupied_.insert(slot);
  } else {
    previous_[head] = id;
  }
  first_[slot] = id;
  ++pending_;
}

void EventWheel::cancel(std::size_t output) {
  const std::uint32_t slot = slot_[output], next = next_[output], previous = previous_[output];
  if (next != kNone) previous_[next] = previous;
  if (previous != kNone) {
    next_[previous] = next;
  } else {
    first_[slot] = next;
    if (next == kNone) occupied_.erase(slot);
  }
  slot_[output] = kNone;
  --pending_;
}

std::uint64_t EventWheel::next_time() {
  const std::uint64_t start = now_ & mask_;
  std::uint64_t slot = occupied_.next(start);
  if (slot > mask_) slot = occupied_.next(0);
  return now_ + ((slot - start) & mask_);
}

void EventWheel::take(std::uint64_t time, std::vector<std::uint32_t>& outputs) {
  now_ = time;
  const std::uint64_t slot = time & mask_;
  for (std::uint32_t id = first_[slot]; id != kNone; id = next_[id]) {
    outputs.push_back(id);
    slot_[id] = kNone;
    --pending_;
  }
  first_[slot] = kNone;
  occupied_.erase(slot);
}

}  // namespace lnsim::gates
