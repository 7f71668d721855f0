#include "models/arith/lns_layout.h"

#include <bit>
#include <stdexcept>
#include <string>

namespace lnsim::arith {
namespace {

Code zero_code_of(const FormatParameters& parameters) {
  switch (parameters.zero) {
    case ZeroCode::none:
      break;
    case ZeroCode::reserved:
      return Code{1} << (parameters.bits - 1);
    case ZeroCode::flag:
      return Code{1} << parameters.bits;
  }
  return 0;
}

const FormatParameters& checked(const FormatParameters& p) {
  if (p.kind != FormatKind::lns) throw std::invalid_argument("not a logarithmic format");
  if (p.bits < 2 || p.bits > 16)
    throw std::invalid_argument("lns: bits: got " + std::to_string(p.bits) + ", expected 2..16");
  if (!std::has_single_bit(p.gamma) || p.gamma > 2048)
    throw std::invalid_argument("lns: gamma: got " + std::to_string(p.gamma) +
                                ", expected a power of two up to 2048");
  if (p.zero == ZeroCode::none && p.underflow == Underflow::flush)
    throw std::invalid_argument("lns: underflow: got flush, expected clamp in a format without zero");
  return p;
}

}  // namespace

LnsLayout::LnsLayout(const FormatParameters& parameters)
    : bits_(checked(parameters).bits),
      log2_gamma_(static_cast<unsigned>(std::countr_zero(parameters.gamma))),
      top_((std::int32_t{1} << (parameters.bits - 1)) - 1),
      zero_(parameters.zero),
      underflow_(parameters.underflow),
      zero_code_(zero_code_of(parameters)) {}

Code LnsLayout::fit(bool negative, std::int64_t exponent, QuantiseCounts& counts) const {
  ++counts.values;
  if (exponent > top_) {
    ++counts.saturated;
    return encode(negative, top_);
  }
  if (exponent < lowest(negative)) {
    if (underflow_ == Underflow::flush) {
      ++counts.underflow_flushed;
      return zero_code_;
    }
    ++counts.underflow_clamped;
    return encode(negative, lowest(negative));
  }
  return encode(negative, static_cast<std::int32_t>(exponent));
}

}  // namespace lnsim::arith
