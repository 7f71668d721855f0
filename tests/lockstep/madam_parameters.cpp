#include "tests/lockstep/madam_parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "models/arith/log2_fixed.h"
#include "models/arith/wide_sum.h"
#include "tests/lockstep/verilog_number.h"

namespace lnsim::lockstep {
namespace {

constexpr std::int64_t kOne = std::int64_t{1} << arith::kLog2FractionBits;

arith::FormatParameters lns_format(const ModelRow& row, const std::string& side, std::int64_t log2_gamma) {
  arith::FormatParameters format;
  format.bits = static_cast<unsigned>(row.at("B_" + side));
  format.gamma = 1u << log2_gamma;
  format.zero = static_cast<arith::ZeroCode>(row.at("ZERO_" + side));
  return format;
}

// The significands of 2^(r / gamma) as doubles have them, leading one included.
std::string powers(const arith::FormatParameters& gradient) {
  // Wide enough for a code of every remainder.
  arith::FormatParameters format = gradient;
  format.bits = 16;
  format.zero = arith::ZeroCode::none;
  const auto lns = arith::make_format(format);
  VerilogNumber number;
  for (arith::Code remainder = 0; remainder < gradient.gamma; ++remainder) {
    const auto bits = std::bit_cast<std::uint64_t>(lns->value(remainder, {}));
    number.append((bits & 0xfffffffffffffu) | std::uint64_t{1} << 52, 53);
  }
  return number.text();
}

// 2 log2(j + 1/2), less one unit where a tie goes up.
std::string midpoints(unsigned largest) {
  VerilogNumber number;
  for (std::uint64_t j = 0; j < largest; ++j) {
    const std::int64_t midpoint = 2 * (arith::log2_fixed(arith::normalise(false, 2 * j + 1, 0)) - kOne);
    number.append(static_cast<std::uint64_t>(j % 2 == 0 ? midpoint : midpoint - 1), 64);
  }
  return number.text();
}

}  // namespace

unsigned MadamParameters::largest() const {
  return static_cast<unsigned>(std::nearbyint(bound));
}

MadamParameters madam_parameters(const ModelRow& row) {
  return {lns_format(row, "W", row.at("log2_gamma_w")), lns_format(row, "G", row.at("LOG2_GAMMA_G")),
          static_cast<double>(row.at("bound_eighths")) / 8, static_cast<unsigned>(row.at("LATENCY"))};
}

std::string madam_tables(const ModelRow& row) {
  const MadamParameters madam = madam_parameters(row);
  VerilogNumber bound;
  bound.append(static_cast<std::uint64_t>(2 * arith::log2_fixed(arith::from_double(madam.bound))), 64);
  return fmt::format("-GPOWERS_G={}\n-GLARGEST={}\n-GMIDPOINTS={}\n-GLOG2_BOUND={}\n", powers(madam.gradient),
                     madam.largest(), midpoints(madam.largest()), bound.text());
}

std::vector<std::uint32_t> madam_steps(const MadamParameters& parameters, double learning_rate) {
  std::vector<std::uint32_t> steps;
  for (unsigned g = 0; g <= parameters.largest(); ++g) {
    // Exact: 53 bits of the rate times 10 of g, in a significand of 64.
    const long double exact = static_cast<long double>(learning_rate) * parameters.weight.gamma * g;
    steps.push_back(static_cast<std::uint32_t>(std::min(std::nearbyint(exact), 131072.0L)));
  }
  return steps;
}

}  // namespace lnsim::lockstep
