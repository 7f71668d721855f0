// What the arithmetic did to each product and update with values: a table for people, and the same as CSV.
#pragma once

#include <string>

#include "sim/run/iteration.h"

namespace lnsim {

// A row per pass: SQNR and largest error of the sums against the recorded results (relative to the largest of
// these), sums and outputs that saturated, products below the accumulator's LSB, operands that underflowed,
// sums whose sign is not the recorded one; then a row per update. In a chain also where operands came from.
// Empty where no operation has values.
std::string numeric_table(const IterationResult& result);

// One row per operation with values; units in the column names.
std::string numeric_csv(const IterationResult& result);

}  // namespace lnsim
