// A library cell as tables over its state, for simulation and power.
//
// A state is a number: bit i is input i, and in a flip-flop the bit after the last input is the state
// variable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tools/characterise/gates/liberty_library.h"

namespace lnsim::gates {

// What the library says a transition costs: the groups' mean, one group unless no `when` decides.
struct PowerArc {
  bool at_input = false;
  std::size_t pin = 0;    // into inputs or outputs
  std::size_t cause = 0;  // into inputs; of an input pin itself
  std::vector<const InternalPower*> groups;
};

struct CellKind {
  static constexpr std::uint16_t kNoArc = 0xffff;
  static constexpr std::size_t kMostInputs = 12;

  const Cell* cell = nullptr;
  std::vector<const Pin*> inputs, outputs;
  bool flip_flop = false;
  std::size_t clock = 0;           // into inputs, of a flip-flop
  std::uint32_t asynchronous = 0;  // inputs of a flip-flop that clear or preset it, as a mask

  std::vector<std::uint8_t> output_values;  // by state; bit o is output o
  std::vector<std::uint8_t> next;  // by state, of a flip-flop: its variable after a rising clock edge
  std::vector<std::uint8_t> held;  // by state, of a flip-flop: its variable once clear and preset have acted
  std::vector<double> leakage_nw;  // by state; of a flip-flop the mean over both levels of the clock
  std::vector<PowerArc> arcs;

  std::size_t states() const { return output_values.size(); }
  std::uint32_t variable() const { return std::uint32_t{1} << inputs.size(); }  // the state variable's bit
  // Positions in arcs, or kNoArc; `rises` is the direction of the pin that is named first.
  std::uint16_t input_arc(std::size_t input, bool rises, std::uint32_t state) const {
    return input_arcs_[(input * 2 + (rises ? 0 : 1)) * states() + state];
  }
  std::uint16_t output_arc(std::size_t output, std::size_t cause, bool rises, std::uint32_t state) const {
    return output_arcs_[((output * inputs.size() + cause) * 2 + (rises ? 0 : 1)) * states() + state];
  }

 private:
  friend class CellKindBuilder;
  std::vector<std::uint16_t> input_arcs_, output_arcs_;
};

// Throws UserError at the cell's position for a cell that is neither combinational nor a flip-flop on a
// rising clock edge.
CellKind make_cell_kind(const Cell& cell, const Library& library);

}  // namespace lnsim::gates
