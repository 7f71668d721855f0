// A standard-cell library, in one set of units whatever its files use: ps, fF, V, fJ, nW; areas as written
// (um^2).
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/errors.h"
#include "tools/characterise/gates/boolean_function.h"
#include "tools/characterise/gates/lookup_table.h"

namespace lnsim::gates {

enum class PinDirection { kInput, kOutput, kInout, kInternal };

// An internal_power group: energy per transition of its pin, in fJ. The Liberty unit of its tables is
// capacitive_load_unit * voltage_unit^2. The energy of charging the load outside the cell is not in it.
struct InternalPower {
  std::vector<std::string> related_pins;  // the inputs whose transition causes the pin's; empty on inputs
  std::optional<BooleanFunction> when;
  LookupTable rise_fj;
  LookupTable fall_fj;
};

// A timing group. Of constraints only setup_rising is kept, as delays only those of transitions that the
// related pin causes while the cell works (combinational, rising_edge, clear, preset).
struct TimingArc {
  // Whether the related pin's going up (or down) can make the pin go up (or down).
  bool admits(bool related_rises, bool rises) const;
  bool relates(const std::string& pin) const;

  std::vector<std::string> related_pins;
  std::string sense;             // positive_unate, negative_unate, non_unate; empty when not written
  std::string type;              // empty means combinational
  LookupTable rise_ps, fall_ps;  // cell_rise, cell_fall; of a constraint its rise and fall
  LookupTable rise_transition_ps, fall_transition_ps;
};

struct Pin {
  std::string name;
  PinDirection direction = PinDirection::kInput;
  double capacitance_ff = 0;  // the mean of rise_capacitance and fall_capacitance where both are written
  bool clock = false;
  bool three_state = false;
  std::optional<BooleanFunction> function;
  std::vector<InternalPower> internal_power;
  std::vector<TimingArc> timing;
};

// An ff group: the state variable and its complement, and what moves them.
struct FlipFlop {
  std::string state, inverted_state;
  std::optional<BooleanFunction> next_state, clocked_on, clear, preset;
};

struct LeakageState {
  std::optional<BooleanFunction> when;
  double nw = 0;
};

struct Cell {
  std::string name;
  SourcePosition position;
  double area = 0;
  std::optional<double> cell_leakage_nw;
  std::vector<LeakageState> leakage;
  std::vector<Pin> pins;  // signal pins in order of the file
  std::optional<FlipFlop> flip_flop;
  std::string other_state;  // "latch" or "statetable" when the cell holds state in such a way; else empty

  const Pin* find_pin(const std::string& name) const;
};

struct Library {
  std::vector<std::string> names;  // as the files call themselves
  double voltage = 0;              // nom_voltage
  double temperature_c = 0;
  double process = 1;
  std::string operating_conditions;  // name of the default ones; empty when there is none
  double default_leakage_nw = 0;     // of a cell that states none
  std::map<std::string, Cell> cells;
};

}  // namespace lnsim::gates
