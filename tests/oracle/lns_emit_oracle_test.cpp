// The linear-to-log post-processing against its rule, written with 100-digit reals.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <memory>
#include <random>
#include <vector>

#include "models/arith/linear_to_log.h"
#include "models/arith/lns_datapath.h"
#include "models/arith/lns_format.h"
#include "models/arith/lns_layout.h"

namespace lnsim::arith {
namespace {

using Real = boost::multiprecision::cpp_bin_float_100;

Real exp2(const Real& x) {
  return pow(Real(2), x);
}

// Remainder of a mantissa in [1, 2) cut to `bits` bits.
int remainder_of(const Real& mantissa, int gamma, Midpoint midpoint, int bits) {
  const Real cut = ldexp(floor(ldexp(mantissa, bits - 1)), 1 - bits);
  int r = 0;
  for (; r < gamma; ++r) {
    const Real between = midpoint == Midpoint::linear
                             ? (exp2(Real(r) / gamma) + exp2(Real(r + 1) / gamma)) / 2
                             : exp2(Real(2 * r + 1) / (2 * gamma));
    if (cut < between) break;
  }
  return r;
}

std::int64_t half_even(std::int64_t x, std::int64_t by) {
  const Real quotient = Real(x) / by;
  const auto below = static_cast<std::int64_t>(floor(quotient));
  const Real rest = quotient - below;
  if (rest == Real(0.5)) return below + (below & 1);
  return below + (rest > Real(0.5) ? 1 : 0);
}

TEST(LnsEmit, follows_its_rule_within_its_error_bound_for_random_sums_scales_and_grids) {
  std::mt19937_64 random(17);
  for (int i = 0; i < 600; ++i) {
    const int gamma_a = 1 << random() % 6, gamma_b = 1 << random() % 6, gamma_out = 1 << random() % 7;
    const auto a = make_lns({.gamma = static_cast<unsigned>(gamma_a)});
    const auto b = make_lns({.gamma = static_cast<unsigned>(gamma_b)});
    const FormatParameters output{.bits = 16, .gamma = static_cast<unsigned>(gamma_out)};
    const auto format = make_lns(output);
    DatapathParameters p;
    p.midpoint = random() % 2 != 0 ? Midpoint::linear : Midpoint::geometric;
    p.quantiser_bits = static_cast<unsigned>(2 + random() % 14);
    const auto datapath = make_lns_datapath(p, *a, *b);

    // A narrow accumulator is one 64-bit integer.
    std::int64_t accumulator = static_cast<std::int64_t>(random() % (1u << 24)) - (1 << 23);
    if (accumulator == 0) accumulator = 1;
    const auto* const bytes = reinterpret_cast<const std::byte*>(&accumulator);
    const double sum = std::abs(datapath->value(bytes));
    const auto scale = [&] { return static_cast<std::int32_t>(random() % 500) - 250; };
    const Scale scale_a{scale()}, scale_b{scale()};

    const int grid = std::max({gamma_a, gamma_b, gamma_out});
    const int octave = std::ilogb(sum);
    const Real mantissa = ldexp(Real(sum), -octave);
    const int remainder = remainder_of(mantissa, grid, p.midpoint, static_cast<int>(p.quantiser_bits));
    const std::int64_t fine =
        std::int64_t{grid} * octave + remainder + scale_a.k * (grid / gamma_a) + scale_b.k * (grid / gamma_b);
    const std::int64_t exponent = half_even(fine, grid / gamma_out);

    const Scale output_scale{static_cast<std::int32_t>(exponent) - 1000};
    QuantiseCounts counts;
    const Code code = datapath->emit(bytes, scale_a, scale_b, *format, output_scale, counts);
    const LnsLayout layout(output);
    ASSERT_EQ(code, layout.encode(accumulator < 0, 1000)) << i;

    const Real true_exponent =
        gamma_out * (log(Real(sum)) / log(Real(2)) + Real(scale_a.k) / gamma_a + Real(scale_b.k) / gamma_b);
    const LinearToLog quantiser(static_cast<unsigned>(grid), p.midpoint, p.quantiser_bits);
    const double bound = quantiser.step_error_bound() * gamma_out / grid + (grid > gamma_out ? 0.5 : 0);
    ASSERT_LE(abs(true_exponent - exponent), Real(bound + 1e-9)) << i;
  }
}

}  // namespace
}  // namespace lnsim::arith
