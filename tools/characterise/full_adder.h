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

  bool inverts() const { return sum_inverted && carry_inverted; }
};

// The smallest one; none in a library without.
std::optional<FullAdder> find_full_adder(const gates::Library& library);

// Verilog modules for Yosys' `techmap` of its word-wide carry-save adder $fa.
//
// Into single bits, and those of which an input is constant into logic.
std::string full_adder_split();
// Into the cell. of_complements: the cell gets its inputs complemented, and so its outputs are, the adder
// being the same function of complements.
std::string full_adder_map(const FullAdder& adder, bool of_complements);

}  // namespace lnsim::characterise
