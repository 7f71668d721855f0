#include "models/arith/lns_emit.h"

#include <algorithm>
#include <limits>

#include "models/arith/lns_scale.h"

namespace lnsim::arith {
namespace {

constexpr unsigned kFinestGrid = 11;

// x / 2^shift, half to even.
std::int64_t round_half_even(std::int64_t x, unsigned shift) {
  if (shift == 0) return x;
  const std::int64_t odd = x >> shift & 1;
  return (x + (std::int64_t{1} << (shift - 1)) - 1 + odd) >> shift;
}

double finite(double x) {
  constexpr double kLargest = std::numeric_limits<double>::max();
  return std::clamp(x, -kLargest, kLargest);
}

}  // namespace

LnsEmitter::LnsEmitter(const DatapathParameters& parameters, const LnsLayout& a, const LnsLayout& b)
    : log2_gamma_a_(a.log2_gamma()),
      log2_gamma_b_(b.log2_gamma()),
      log2_gamma_(std::max(log2_gamma_a_, log2_gamma_b_)) {
  for (unsigned grid = log2_gamma_; grid <= kFinestGrid; ++grid)
    quantisers_.emplace_back(1u << grid, parameters.midpoint, parameters.quantiser_bits);
}

Code LnsEmitter::emit(const Normalised& sum, Scale scale_a, Scale scale_b, const NumberFormat& output,
                      Scale output_scale, QuantiseCounts& counts) const {
  const std::int64_t scale = std::int64_t{scale_a.k} * (std::int64_t{1} << (log2_gamma_ - log2_gamma_a_)) +
                             std::int64_t{scale_b.k} * (std::int64_t{1} << (log2_gamma_ - log2_gamma_b_));
  if (output.parameters().kind == FormatKind::lns)
    return emit_lns(sum, scale, LnsLayout(output.parameters()), output_scale, counts);
  return output.quantise(finite(to_double(scaled(sum, scale, log2_gamma_))), output_scale, counts);
}

Code LnsEmitter::emit_lns(const Normalised& sum, std::int64_t scale, const LnsLayout& output,
                          Scale output_scale, QuantiseCounts& counts) const {
  if (sum.is_zero()) return output.fit_zero(counts);
  const unsigned grid = std::max(log2_gamma_, output.log2_gamma());
  const unsigned coarser = grid - output.log2_gamma();
  const std::int64_t remainder = quantisers_[grid - log2_gamma_].remainder_of_significand(sum.significand);
  const std::int64_t exponent = sum.exponent * (std::int64_t{1} << grid) + remainder +
                                scale * (std::int64_t{1} << (grid - log2_gamma_)) -
                                output_scale.k * (std::int64_t{1} << coarser);
  return output.fit(sum.negative, round_half_even(exponent, coarser), counts);
}

}  // namespace lnsim::arith
