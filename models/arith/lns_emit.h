// Post-processing of an LNS accumulator: its code in the output format.
//
// LNS output, integers throughout, on the finest grid g of product and output:
//   1. leading one of |sum| = its octave; the quantiser_bits bits from there on = its mantissa;
//   2. remainder on grid g by linear_to_log.h (linear or geometric midpoints);
//   3. e = g * octave + remainder + scale(a) + scale(b) - output scale, each aligned to g;
//   4. where the output's grid is coarser, e is rounded to it, half to even;
//   5. into range as in lns_layout.h, counted. A sum of zero is an exact zero.
// The output format's stochastic rounding does not apply here: the unit has no random source.
//
// Other output: sum * 2^(scales) is rounded to double, once, and given to the format's quantiser.
#pragma once

#include <optional>
#include <vector>

#include "models/arith/datapath.h"
#include "models/arith/linear_to_log.h"
#include "models/arith/lns_layout.h"
#include "models/arith/wide_sum.h"

namespace lnsim::arith {

class LnsEmitter {
 public:
  LnsEmitter(const DatapathParameters& parameters, const LnsLayout& a, const LnsLayout& b);

  Code emit(const Normalised& sum, Scale scale_a, Scale scale_b, const NumberFormat& output,
            Scale output_scale, QuantiseCounts& counts) const;

 private:
  Code emit_lns(const Normalised& sum, std::int64_t scale, const LnsLayout& output, Scale output_scale,
                QuantiseCounts& counts) const;

  unsigned log2_gamma_a_;
  unsigned log2_gamma_b_;
  unsigned log2_gamma_;                  // of the product
  std::vector<LinearToLog> quantisers_;  // for grids log2_gamma_, log2_gamma_ + 1, ... 11
};

}  // namespace lnsim::arith
