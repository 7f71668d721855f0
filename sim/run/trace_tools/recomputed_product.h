// Recorded products once more, in double, of the operands as the recorder rounded them. Independent of
// models/arith.
#pragma once

#include <map>
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

}  // namespace lnsim
