#include "tests/lockstep/quantiser_parameters.h"

#include <algorithm>

#include "models/arith/lns_lane.h"

namespace lnsim::lockstep {

QuantiserParameters quantiser_parameters(const ModelRow& row) {
  const auto number = [&](const char* parameter) { return static_cast<unsigned>(row.at(parameter)); };
  QuantiserParameters q{};
  q.datapath.accumulator_bits = number("SUM_BITS");
  q.datapath.lsb_octaves = static_cast<int>(row.at("lsb_octaves"));
  q.datapath.midpoint = static_cast<arith::Midpoint>(row.at("midpoint"));
  q.datapath.quantiser_bits = number("QUANTISER_BITS");
  q.log2_gamma = number("log2_gamma");
  q.operand.gamma = 1u << q.log2_gamma;
  q.output.bits = number("B_OUT");
  q.output.gamma = 1u << number("LOG2_GAMMA_OUT");
  q.output.zero = static_cast<arith::ZeroCode>(row.at("ZERO_OUT"));
  q.output.underflow = static_cast<arith::Underflow>(row.at("FLUSH"));
  q.log2_grid = std::max(q.log2_gamma, number("LOG2_GAMMA_OUT"));
  const arith::LnsLayout operand(q.operand);
  q.lsb_octave = arith::LnsGeometry(q.datapath, operand, 0, operand, 0).lsb_octave;
  return q;
}

}  // namespace lnsim::lockstep
