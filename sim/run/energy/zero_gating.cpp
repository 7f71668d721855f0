#include "sim/run/energy/zero_gating.h"

#include <fmt/format.h>

#include "sim/base/errors.h"

namespace lnsim {

ZeroGatingResult& ZeroGatingResult::operator+=(const ZeroGatingResult& other) {
  live += other.live;
  gated += other.gated;
  padding += other.padding;
  quanta_without += other.quanta_without;
  quanta_with += other.quanta_with;
  return *this;
}

EventCounts with_gated_slots(EventCounts events, std::uint64_t gated) {
  if (gated > events[Event::datapath_mac])
    throw ModelError(fmt::format("{} gated slots of {}", gated, events[Event::datapath_mac]));
  events[Event::datapath_mac] -= gated;
  events[Event::datapath_idle_mac] += gated;
  return events;
}

ZeroGatingResult zero_gating_of(const EventCounts& events, std::uint64_t products, std::uint64_t zero,
                                const EnergyCosts& costs) {
  if (products != events[Event::datapath_mac])
    throw ModelError(fmt::format("{} products in {} slots", products, events[Event::datapath_mac]));
  ZeroGatingResult result;
  result.live = products - zero;
  result.gated = zero;
  result.padding = events[Event::datapath_idle_mac];
  result.quanta_without = energy_of(events, costs).total();
  result.quanta_with = energy_of(with_gated_slots(events, zero), costs).total();
  return result;
}

}  // namespace lnsim
