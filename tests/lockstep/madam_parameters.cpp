#include "tests/lockstep/madam_parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "tools/characterise/verilog_tables.h"

namespace lnsim::lockstep {
namespace {

arith::FormatParameters lns_format(const ModelRow& row, const std::string& side, std::int64_t log2_gamma) {
  arith::FormatParameters format;
  format.bits = static_cast<unsigned>(row.at("B_" + side));
  format.gamma = 1u << log2_gamma;
  format.zero = static_cast<arith::ZeroCode>(row.at("ZERO_" + side));
  return format;
}

}  // namespace

unsigned MadamParameters::largest() const {
  return characterise::madam_largest(bound);
}

MadamParameters madam_parameters(const ModelRow& row) {
  return {lns_format(row, "W", row.at("log2_gamma_w")), lns_format(row, "G", row.at("LOG2_GAMMA_G")),
          static_cast<double>(row.at("bound_eighths")) / 8, static_cast<unsigned>(row.at("LATENCY"))};
}

std::string madam_tables(const ModelRow& row) {
  const MadamParameters madam = madam_parameters(row);
  std::string arguments;
  for (const auto& [name, value] : characterise::madam_tables(madam.gradient, madam.bound))
    arguments += fmt::format("-G{}={}\n", name, value);
  return arguments;
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
