// What a whole trace asks for: products, multiply-accumulates and weight updates.
#pragma once

#include <array>
#include <cstdint>

#include "sim/run/trace/trace.h"

namespace lnsim {

struct TraceTotals {
  // Multiply-accumulates and products of forward, input gradient, weight gradient (index: Pass). The gradient
  // of a batched product's first operand counts as input gradient, of its second as weight gradient.
  std::array<std::uint64_t, 3> macs{};
  std::array<std::uint64_t, 3> products{};
  std::uint64_t updated_parameters = 0;  // tensors
  std::uint64_t updated_values = 0;      // their elements
};

// Throws UserError when a sum exceeds 2^62.
TraceTotals trace_totals(const Trace& trace);

}  // namespace lnsim
