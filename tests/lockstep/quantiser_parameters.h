// What the parameters of a quantiser's twin mean to the C++ side.
#pragma once

#include "models/arith/datapath.h"
#include "tests/lockstep/model_table.h"

namespace lnsim::lockstep {

struct QuantiserParameters {
  arith::DatapathParameters datapath;
  arith::FormatParameters operand;  // of both operands
  arith::FormatParameters output;
  unsigned log2_gamma;  // of the product
  unsigned log2_grid;
  int lsb_octave;  // weight of the sums' bit 0
};

// For rows of ppu_quantiser.
QuantiserParameters quantiser_parameters(const ModelRow& row);

}  // namespace lnsim::lockstep
