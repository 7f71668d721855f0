// Minifloats: sign, `exponent_bits`, `mantissa_bits`, with subnormals. FP8 E4M3 and E5M2, BF16, FP16, FP32,
// and any other split of up to 32 bits.
//
// Code, right-aligned:  sign | exponent field e | fraction field f          bias = 2^(exponent_bits-1) - 1
//   e > 0:  (-1)^sign * (1 + f / 2^m) * 2^(e - bias)       e = 0:  (-1)^sign * (f / 2^m) * 2^(1 - bias)
// The largest e means infinity (f = 0) and NaN (f != 0) as in IEEE 754, except in fp8_e4m3 (OCP 8-bit
// floating point specification): there it is an ordinary exponent, S.1111.111 is the only NaN, there is no
// infinity, the maximum is 448.
//
// Rounding: half to even, or stochastic from an explicit word. What rounds beyond the largest finite value
// saturates and is counted (the OCP specification's saturating conversion; for the other formats our choice,
// so that a quantiser never makes an infinity). Non-zero values that round to zero count as flushed; zero
// keeps its sign.
//
// Scale: powers of two (scale_grid 1). scale_for puts the group's maximum into the top binade, or one below
// where it would exceed the largest finite value; formats with 8 exponent bits span the range of FP32 and
// always take k = 0 (our choice).
#pragma once

#include <cstdint>
#include <memory>

#include "models/arith/number_format.h"
#include "models/arith/wide_sum.h"

namespace lnsim::arith {

// The shape of a minifloat.
struct MinifloatLayout {
  unsigned exponent_bits = 8;
  unsigned mantissa_bits = 23;
  bool ocp_e4m3 = false;  // the top exponent is ordinary, all ones is NaN

  bool operator==(const MinifloatLayout&) const = default;

  unsigned bits() const { return 1 + exponent_bits + mantissa_bits; }
  int bias() const { return (1 << (exponent_bits - 1)) - 1; }
  // Exponent of the least significant bit of a subnormal.
  int lsb_exponent() const { return 1 - bias() - static_cast<int>(mantissa_bits); }
  Code sign_bit() const { return Code{1} << (exponent_bits + mantissa_bits); }
  Code max_finite() const {
    return ocp_e4m3 ? sign_bit() - 2 : (((Code{1} << exponent_bits) - 1) << mantissa_bits) - 1;
  }
  bool is_nan(Code code) const { return (code & (sign_bit() - 1)) > max_finite() + (ocp_e4m3 ? 0 : 1); }
  bool is_infinity(Code code) const { return !ocp_e4m3 && (code & (sign_bit() - 1)) == max_finite() + 1; }
  // A quiet NaN, or the format's only one; formats without a fraction have none and give infinity.
  Code nan() const;

  // The exact value of a finite code.
  Normalised value(Code code) const;

  struct Rounded {
    Code magnitude;  // sign bit clear; may exceed max_finite(), by how much means nothing
    bool inexact;
  };
  // Rounds |x| half to even.
  Rounded round(const Normalised& x) const;
  // Rounds |x| up with the probability of its distance to the code below, in steps of 2^-32.
  Rounded round_stochastic(const Normalised& x, std::uint32_t random) const;
};

bool is_minifloat(FormatKind kind);
// Throws std::invalid_argument for a kind that is none, or widths out of range.
MinifloatLayout minifloat_layout(const FormatParameters& parameters);

// Throws std::invalid_argument as minifloat_layout does.
std::unique_ptr<const NumberFormat> make_minifloat(const FormatParameters& parameters);

}  // namespace lnsim::arith
