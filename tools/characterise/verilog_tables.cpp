#include "tools/characterise/verilog_tables.h"

#include <bit>
#include <cmath>
#include <cstdint>

#include "models/arith/f32_log2.h"
#include "models/arith/linear_to_log.h"
#include "models/arith/log2_fixed.h"
#include "models/arith/wide_sum.h"
#include "tools/characterise/verilog_number.h"

namespace lnsim::characterise {
namespace {

// Of the logarithms that madam_lane takes.
constexpr unsigned kLog2Bits = 36;

std::uint64_t log2_word(std::int64_t log2) {
  return static_cast<std::uint64_t>(log2) & ((std::uint64_t{1} << kLog2Bits) - 1);
}

// The squares of the significands of 2^(r / gamma) in single precision, leading one included.
std::string squares(const arith::FormatParameters& gradient) {
  // Wide enough for a code of every remainder.
  arith::FormatParameters format = gradient;
  format.bits = 16;
  format.zero = arith::ZeroCode::none;
  const auto lns = arith::make_format(format);
  VerilogNumber number;
  for (arith::Code remainder = 0; remainder < gradient.gamma; ++remainder) {
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(lns->value(remainder, {})));
    const std::uint64_t significand = (bits & 0x7fffff) | 0x800000;
    number.append(significand * significand, 48);
  }
  return number.text();
}

// 2 log2(j + 1/2), less one unit where a tie goes up.
std::string midpoints(unsigned largest) {
  VerilogNumber number;
  for (std::uint64_t j = 0; j < largest; ++j) {
    const std::int64_t midpoint =
        arith::round_log2(2 * arith::log2_fixed(arith::normalise(false, 2 * j + 1, -1)));
    number.append(log2_word(j % 2 == 0 ? midpoint : midpoint - 1), kLog2Bits);
  }
  return number.text();
}

}  // namespace

std::string log_to_linear_constants(const arith::LogToLinear& converter) {
  VerilogNumber number;
  for (unsigned bin = 0; bin < converter.bins(); ++bin)
    number.append(converter.constant(bin), converter.constant_bits() + 2);
  return number.text();
}

std::string quantiser_thresholds(unsigned log2_grid, arith::Midpoint midpoint, unsigned quantiser_bits) {
  const arith::LinearToLog quantiser(1u << log2_grid, midpoint, quantiser_bits);
  const std::uint32_t end = std::uint32_t{1} << quantiser_bits;
  VerilogNumber number;
  std::uint32_t mantissa = end / 2;
  for (std::uint32_t reached = 1; reached <= 1u << log2_grid; ++reached) {
    while (mantissa < end && quantiser.remainder(mantissa) < reached) ++mantissa;
    number.append(mantissa, quantiser_bits + 1);
  }
  return number.text();
}

unsigned madam_largest(double bound) {
  return static_cast<unsigned>(std::nearbyint(bound));
}

std::uint64_t madam_correction(const arith::Normalised& correction) {
  return log2_word(arith::round_log2(arith::log2_fixed(correction)));
}

std::vector<ModuleParameter> madam_tables(const arith::FormatParameters& gradient, double bound) {
  VerilogNumber constants, log2_bound;
  for (const std::uint64_t constant : arith::f32_log2_constants())
    constants.append(constant, arith::kF32Log2InnerBits);
  log2_bound.append(log2_word(arith::round_log2(2 * arith::log2_fixed(arith::from_double(bound)))),
                    kLog2Bits);
  return {{"SQUARES_G", squares(gradient)},
          {"LARGEST", std::to_string(madam_largest(bound))},
          {"LOG2_CONSTANTS", constants.text()},
          {"MIDPOINTS", midpoints(madam_largest(bound))},
          {"LOG2_BOUND", log2_bound.text()}};
}

}  // namespace lnsim::characterise
