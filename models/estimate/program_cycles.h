// How many cycles a program takes, without stepping them: an estimate.
//
// The program is walked once, command by command in issue order: a command leaves its queue when the
// controller has issued it, its dependencies are met and its unit is free, and is done after what it moves at
// the rates of the unit's description. What is left out is how beats meet cycle by cycle; their conflicts in
// the banks of the global buffer come in as factors (models/estimate/bank_conflicts.h) that depend on the
// cycles the program takes, so that the walk is repeated until both agree to within 1 %. Some 40 ns per
// command and walk, two walks where conflicts are few, up to eleven.
//
// tests/system/estimate_test.cpp says how far it is off.
#pragma once

#include <optional>

#include "models/control/program.h"
#include "models/parameters.h"
#include "sim/base/clock.h"

namespace lnsim {

// `program` passes check_program (models/control/check_program.h). Throws ModelError when a command waits for
// a later one.
Cycle estimated_cycles(const Program& program, const AcceleratorParameters& machine);
// Nothing when that is more than `most`, which takes a single walk.
std::optional<Cycle> estimated_cycles_within(const Program& program, const AcceleratorParameters& machine,
                                             Cycle most);

}  // namespace lnsim
