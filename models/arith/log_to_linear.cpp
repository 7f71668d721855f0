#include "models/arith/log_to_linear.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>
#include <string>

#include "models/arith/lns_powers.h"

namespace lnsim::arith {
namespace {

unsigned checked_log2(const char* what, unsigned value) {
  if (!std::has_single_bit(value) || value > 2048)
    throw std::invalid_argument(std::string("log-to-linear: ") + what + ": got " + std::to_string(value) +
                                ", expected a power of two up to 2048");
  return static_cast<unsigned>(std::countr_zero(value));
}

}  // namespace

LogToLinear::LogToLinear(unsigned gamma, unsigned table_entries, unsigned constant_bits)
    : log2_gamma_(checked_log2("gamma", gamma)),
      low_bits_(log2_gamma_ - std::min(log2_gamma_, checked_log2("table_entries", table_entries))),
      constant_bits_(constant_bits) {
  if (constant_bits < 1 || constant_bits > 24)
    throw std::invalid_argument("log-to-linear: constant_bits: got " + std::to_string(constant_bits) +
                                ", expected 1..24");
  const unsigned log2_bins = log2_gamma_ - low_bits_;
  for (unsigned bin = 0; bin < 1u << log2_bins; ++bin)
    constants_.push_back(
        static_cast<std::uint32_t>(exp2_rounded(bin << (kPowerGridBits - log2_bins), constant_bits)));
}

double LogToLinear::relative_error_bound() const {
  double mitchell = 0;
  for (unsigned low = 0; low < 1u << low_bits_; ++low) {
    const double x = static_cast<double>(low) / gamma();
    mitchell = std::max(mitchell, (1 + x) / std::exp2(x) - 1);
  }
  const double constant = std::ldexp(1.0, -static_cast<int>(constant_bits_) - 1);
  return mitchell + constant + mitchell * constant;
}

}  // namespace lnsim::arith
