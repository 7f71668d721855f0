// Tables of constants that modules of models/rtl take as parameters, as Verilog numbers: for characterisation
// and for the lockstep tests.
#pragma once

#include <string>
#include <vector>

#include "models/arith/datapath.h"
#include "models/arith/log_to_linear.h"
#include "models/arith/number_format.h"
#include "models/arith/wide_sum.h"

namespace lnsim::characterise {

// CONSTANTS of lns_lane.
std::string log_to_linear_constants(const arith::LogToLinear& converter);

// THRESHOLDS of lns_quantise: the smallest mantissas that reach the midpoints of an octave.
std::string quantiser_thresholds(unsigned log2_grid, arith::Midpoint midpoint, unsigned quantiser_bits);

// LARGEST of madam_lane: the bound, rounded.
unsigned madam_largest(double bound);

struct ModuleParameter {
  std::string name, value;
};

// log2_correction of madam_lane: the logarithm of 1 - beta^step.
std::uint64_t madam_correction(const arith::Normalised& correction);

// SQUARES_G, LARGEST, LOG2_CONSTANTS, MIDPOINTS and LOG2_BOUND of madam_lane.
std::vector<ModuleParameter> madam_tables(const arith::FormatParameters& gradient, double bound);

}  // namespace lnsim::characterise
