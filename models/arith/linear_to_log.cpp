#include "models/arith/linear_to_log.h"

#include <bit>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

#include "models/arith/lns_powers.h"

namespace lnsim::arith {
namespace {

unsigned checked_log2(unsigned gamma) {
  if (!std::has_single_bit(gamma) || gamma > 2048)
    throw std::invalid_argument("linear-to-log: gamma: got " + std::to_string(gamma) +
                                ", expected a power of two up to 2048");
  return static_cast<unsigned>(std::countr_zero(gamma));
}

// ceil of the mean of 2^(j / gamma) and 2^((j+1) / gamma) in Q1.63.
std::uint64_t linear_midpoint(unsigned j, unsigned log2_gamma) {
  const unsigned step = kPowerGrid >> log2_gamma;
  const Uint128 lower = exp2_fraction(j * step) >> 1;
  const bool last = (j + 1) * step == kPowerGrid;
  const Uint128 upper = last ? Uint128{1} << 127 : exp2_fraction((j + 1) * step) >> 1;
  const Uint128 mean = lower + upper;
  return high64(mean) + (low64(mean) != 0 ? 1 : 0);
}

OctaveThresholds midpoints(unsigned log2_gamma, Midpoint midpoint) {
  std::vector<std::uint64_t> thresholds;
  const unsigned half_step = kPowerGrid >> (log2_gamma + 1);
  for (unsigned j = 0; j < 1u << log2_gamma; ++j)
    thresholds.push_back(midpoint == Midpoint::linear ? linear_midpoint(j, log2_gamma)
                                                      : exp2_ceiling((2 * j + 1) * half_step));
  return {std::move(thresholds), log2_gamma};
}

}  // namespace

LinearToLog::LinearToLog(unsigned gamma, Midpoint midpoint, unsigned mantissa_bits)
    : mantissa_bits_(mantissa_bits), midpoints_(midpoints(checked_log2(gamma), midpoint)) {
  if (mantissa_bits < 2 || mantissa_bits > 24)
    throw std::invalid_argument("linear-to-log: mantissa_bits: got " + std::to_string(mantissa_bits) +
                                ", expected 2..24");
  // The arithmetic mean of 1 and 2^(1/gamma) over the geometric one is cosh(ln 2 / (2 gamma)).
  const double off = midpoint == Midpoint::linear ? std::log2(std::cosh(std::log(2.0) / (2.0 * gamma))) : 0;
  const double hidden = std::log2(1 + std::ldexp(1.0, 1 - static_cast<int>(mantissa_bits)));
  step_error_bound_ = 0.5 + gamma * (off + hidden);
}

}  // namespace lnsim::arith
