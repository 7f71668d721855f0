// Minifloats: sign, `exponent_bits`, `mantissa_bits`, with subnormals. FP8 E4M3 and E5M2, BF16, FP16, FP32,
// and any other split of up to 32 bits.
//
// Code, right-aligned:  sign | exponent field e | fraction field f          bias = 2^(exponent_bits-1) - 1
//   e > 0:  (-1)^sign * (1 + f / 2^m) * 2^(e - bias)       e = 0:  (-1)^sign * (f / 2^m) * 2^(1 - bias)
// The largest e means infinity (f = 0) and NaN (f != 0) as in IEEE 754, except in fp8_e4m3 (OCP 8-bit
// floating point specification): there it is an ordinary exponent, S.1111.111 is the only NaN, there is no
// infinity, the maximum is 448.
//
// Rounding: half to even, or stochastic from an explicit word. Beyond the largest finite value the quantiser
// saturates and counts (the OCP specification's saturating conversion; for the others our choice, so that a
// training run never makes infinities). "Beyond" means: at or above the midpoint to where the next code would
// be. Non-zero values that round to zero count as flushed.
//
// Scale: powers of two (scale_grid 1). scale_for puts the group's maximum into the top binade, one lower when
// it would saturate there; formats with 8 exponent bits or more span the range of FP32 and always take k = 0
// (our choice).
#pragma once

#include <memory>

#include "models/arith/number_format.h"

namespace lnsim::arith {

// The shape of a minifloat. Throws std::invalid_argument for a kind that is none.
struct MinifloatLayout {
  unsigned exponent_bits = 0;
  unsigned mantissa_bits = 0;
  bool ocp_e4m3 = false;  // top exponent is ordinary, all ones is NaN

  bool operator==(const MinifloatLayout&) const = default;
};
bool is_minifloat(FormatKind kind);
MinifloatLayout minifloat_layout(const FormatParameters& parameters);

// Throws std::invalid_argument for another kind or parameters out of range.
std::unique_ptr<const NumberFormat> make_minifloat(const FormatParameters& parameters);

}  // namespace lnsim::arith
