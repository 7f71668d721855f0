// Whether a program can be run at all on a machine of these sizes.
#pragma once

#include "models/control/program.h"
#include "models/parameters.h"

namespace lnsim {

// Throws ModelError for the first command that no unit could execute: an index, PE or slot that does not
// exist, nothing to move, a block the collector cannot hold. Dependencies are not checked: a wrong one shows
// as a deadlock.
void check_program(const Program& program, const AcceleratorParameters& parameters);

}  // namespace lnsim
