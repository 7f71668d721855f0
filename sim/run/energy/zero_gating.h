// Multiplier slots that a zero operand gates. Cycles do not change: a gated slot takes its beat like any
// other, but its registers hold and its gates do not switch, as in a slot without operands. So it costs what
// the energy table says of `datapath.idle_mac`; the comparison with zero is taken to cost nothing (our
// choice: logarithmic and floating-point codes carry a flag or a code of their own for it).
#pragma once

#include <cstdint>

#include "models/events.h"
#include "sim/run/energy/energy.h"

namespace lnsim {

// slots = live + gated + padding.
struct ZeroGatingResult {
  std::uint64_t live = 0;           // products of two operands that are not zero
  std::uint64_t gated = 0;          // products with a zero operand
  std::uint64_t padding = 0;        // slots without operands, idle with and without gating
  std::int64_t quanta_without = 0;  // the energy of the same, system level, without gating
  std::int64_t quanta_with = 0;

  std::uint64_t slots() const { return live + gated + padding; }
  // Gated slots of all.
  double share() const {
    return slots() == 0 ? 0.0 : static_cast<double>(gated) / static_cast<double>(slots());
  }
  ZeroGatingResult& operator+=(const ZeroGatingResult& other);
};

// `gated` of the useful multiply-accumulates as idle slots. Throws ModelError when there are not so many.
EventCounts with_gated_slots(EventCounts events, std::uint64_t gated);

// The effect on an operation of `events` with so many products, of which `zero` with a zero operand. Throws
// ModelError unless every useful slot is one product.
ZeroGatingResult zero_gating_of(const EventCounts& events, std::uint64_t products, std::uint64_t zero,
                                const EnergyCosts& costs);

}  // namespace lnsim
