// Recorded steps of an optimizer once more, in double. Independent of models/update.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/run/trace/trace.h"

namespace lnsim {

struct UpdateDifference {
  std::uint64_t values = 0;
  std::uint64_t differing = 0;  // new weights that are not what the step gives
  double largest = 0;           // how far they are from it: codes, of weights stored in LNS; else in value
};

// What the new weights differ by from (t: the step, state that a first step lacks: zeros)
//   madam, madam_int  v_hat = (beta v + (1 - beta) g^2) / (1 - beta^t)   g* = round(clamp(g / sqrt(v_hat),
//   +-bound))
//                     e <- clamp(e - round(gamma lr g* sign W), 0, top), of weights stored in LNS
//   sgd               W - lr (momentum m + g)
//   adam              W - lr (m' / (1 - momentum^t)) / (sqrt(v' / (1 - beta^t)) + epsilon)
//                     m' = momentum m + (1 - momentum) g      v' = beta v + (1 - beta) g^2
// A recorder that works in single precision may evaluate Madam's quotient a relative 2.5 x 2^-24 off: where
// that changes g*, either step is right. Of the others a new weight may be 2 roundings of its own type off,
// plus 16 of the step's terms (our choice; each takes a rounding per operation, of which there are fewer).
//
// Nothing for other rules, and for updates without what their rule needs: the trace does not say enough to
// recompute them. Holds a block of each tensor. Throws what TensorStore throws.
std::optional<UpdateDifference> recomputed_update(const UpdateRecord& update, const Trace& trace,
                                                  const TensorStore& store);

}  // namespace lnsim
