// What a program counts, without running it: events follow from its commands alone.
//
// Equal, event by event, to what the units of a machine count while they run it (a test compares them), but
// for the events that pass with time (models/cycle_events.h), which are left 0.
#pragma once

#include "models/control/program.h"
#include "models/events.h"
#include "models/parameters.h"

namespace lnsim {

// `program` passes check_program (models/control/check_program.h).
EventCounts program_events(const Program& program, const AcceleratorParameters& machine);

}  // namespace lnsim
