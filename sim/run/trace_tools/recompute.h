// The recorded arithmetic once more, in double: products of the operands as the recorder rounded them, and
// the steps of its optimizer on stored codes. Independent of models/arith.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/run/trace/trace.h"
#include "sim/run/trace_tools/tensor_role.h"

namespace lnsim {

// Rounds operands as the trace's header says (`numerics`): each tensor to LNS(B, gamma) of its kind W, A or E
// at the scale k = round(gamma log2 max) - (2^(B-1) - 1), weights that are stored in LNS from their stored
// code e: e' = floor((e + k) gamma' / gamma + 1/2) - kb. Kinds that the header does not name stay as they
// are.
class RecordedRounding {
 public:
  explicit RecordedRounding(const Trace& trace);  // must outlive it

  // `role`: weight, activation or error.
  void round(const std::string& key, TensorRole role, std::vector<double>& values) const;

 private:
  const TraceHeader* header_;
  std::map<std::string, const UpdateRecord*> stored_;  // by the key of the weights
};

// The result of a recorded product, in the order of its tensor, to within 2^-52 times the length of the
// contraction, relative to the sum of magnitudes. Holds both operands and the result. Throws what TensorStore
// throws.
std::vector<double> recomputed_product(const TraceOperation& operation, const TensorStore& store,
                                       const RecordedRounding& rounding);

struct UpdateDifference {
  std::uint64_t values = 0;
  std::uint64_t differing = 0;  // new weights with another stored code
  std::int64_t largest = 0;     // distance, in codes
};

// The step of Madam on weights stored in LNS:
//   v_hat = (beta v + (1 - beta) g^2) / (1 - beta^step)      g* = round(clamp(g / sqrt(v_hat), +-bound))
//   e <- clamp(e - round(gamma lr g* sign W), 0, top)
// A recorder that evaluates the quotient in single precision may be off by a relative 2.5 x 2^-24: where that
// changes g*, either step is right. Nothing for other rules, weights that are not stored in LNS, and updates
// that lack a tensor: their traces do not say enough to recompute them.
std::optional<UpdateDifference> recomputed_update(const UpdateRecord& update, const TraceHeader& header,
                                                  const TensorStore& store);

}  // namespace lnsim
