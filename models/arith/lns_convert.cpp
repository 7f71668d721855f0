#include "models/arith/lns_convert.h"

namespace lnsim::arith {
namespace {

// floor(x * gamma' / gamma + rounding), rounding one half or nothing.
enum class Regrid : std::uint8_t { down, half_up };

std::int64_t regrid(std::int64_t x, const LnsLayout& from, const LnsLayout& to, Regrid rounding) {
  if (to.log2_gamma() >= from.log2_gamma())
    return x * (std::int64_t{1} << (to.log2_gamma() - from.log2_gamma()));
  const unsigned shift = from.log2_gamma() - to.log2_gamma();
  return (x + (rounding == Regrid::half_up ? std::int64_t{1} << (shift - 1) : 0)) >> shift;
}

}  // namespace

Scale convert_scale(Scale scale, const LnsLayout& from, const LnsLayout& to) {
  const std::int64_t top = regrid(std::int64_t{from.top()} + scale.k, from, to, Regrid::down);
  return {static_cast<std::int32_t>(top - to.top())};
}

Code convert(Code code, const LnsLayout& from, Scale from_scale, const LnsLayout& to, Scale to_scale,
             QuantiseCounts& counts) {
  const LnsNumber x = from.decode(code);
  if (x.zero) return to.fit_zero(counts);
  const std::int64_t exponent = regrid(std::int64_t{x.exponent} + from_scale.k, from, to, Regrid::half_up);
  return to.fit(x.negative, exponent - to_scale.k, counts);
}

}  // namespace lnsim::arith
