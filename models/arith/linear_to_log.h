// Linear to logarithmic: the remainder of a normalised mantissa, as the post-processing unit finds it.
//
// The unit looks at the upper mantissa_bits bits of a sum, leading one included, and compares them with the
// midpoints between neighbouring powers 2^(j / gamma):
//   linear     (2^(j / gamma) + 2^((j+1) / gamma)) / 2      patent claim 8
//   geometric  2^((j + 1/2) / gamma)                        nearest in the log domain, our alternative
// A mantissa on a midpoint goes up (only gamma = 1, linear, 1.5). The bits below are cut off.
#pragma once

#include <cstdint>

#include "models/arith/datapath.h"
#include "models/arith/lns_thresholds.h"

namespace lnsim::arith {

class LinearToLog {
 public:
  // gamma a power of two up to 2048, mantissa_bits 2..24. Throws std::invalid_argument.
  LinearToLog(unsigned gamma, Midpoint midpoint, unsigned mantissa_bits);

  // 0..gamma (gamma: the next octave) for a mantissa in [2^(mantissa_bits-1), 2^mantissa_bits).
  std::uint32_t remainder(std::uint32_t mantissa) const {
    return midpoints_.count(std::uint64_t{mantissa} << (64 - mantissa_bits_));
  }
  // The same for a significand of 64 bits (bit 63 set), which is cut to mantissa_bits.
  std::uint32_t remainder_of_significand(std::uint64_t significand) const {
    return remainder(static_cast<std::uint32_t>(significand >> (64 - mantissa_bits_)));
  }

  // Largest |gamma * log2(mantissa) - remainder| in steps of the code, over real numbers: half a step, what
  // linear midpoints lie off the geometric ones, and what the cut mantissa can hide.
  double step_error_bound() const { return step_error_bound_; }

 private:
  unsigned mantissa_bits_;
  OctaveThresholds midpoints_;
  double step_error_bound_;
};

}  // namespace lnsim::arith
