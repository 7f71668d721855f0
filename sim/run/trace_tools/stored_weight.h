// Weights that live in LNS, as a trace's update lines describe their storage: value = sign 2^((e + k) /
// gamma) with a code e of B - 1 bits.
#pragma once

#include <cmath>

#include "sim/run/trace/trace.h"

namespace lnsim {

inline bool is_stored(const UpdateRecord& record) {
  return record.store_bits && record.store_gamma && record.store_k && record.store_kb;
}

inline double top_code(int bits) {
  return std::ldexp(1, bits - 1) - 1;
}

// round(gamma log2 |w|) - k, of a weight that is not zero.
inline double stored_code(double w, const UpdateRecord& record) {
  return std::nearbyint(*record.store_gamma * std::log2(std::abs(w))) - *record.store_k;
}

}  // namespace lnsim
