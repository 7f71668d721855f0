// The full adder of a library, found by what its outputs are.
#pragma once

#include <optional>
#include <string>

#include "tools/characterise/gates/liberty_library.h"

namespace lnsim::characterise {

// Outputs are the sum and the carry of the three inputs, or their complements.
struct FullAdder {
  std::string cell;
  std::string inputs[3];
  std::string sum, carry;
  bool sum_inverted = false, carry_inverted = false;
};

// The smallest one; none in a library without.
std::optional<FullAdder> find_full_adder(const gates::Library& library);

// A Verilog module by which Yosys' `techmap` puts the cell in the place of its word-wide $fa.
std::string full_adder_map(const FullAdder& adder);

}  // namespace lnsim::characterise
