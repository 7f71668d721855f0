// What every unit did during an iteration, in the Chrome trace-event format that ui.perfetto.dev and
// chrome://tracing open.
//
// One process for the machine; its first track holds the operations, with what the report says of them, and
// one track per unit follows, named as in SystemC. A slice is what the unit is busy with (a cause of the
// report), or `wait` and the progress counter that its next command waits for; idle units have no slice.
// Counters show the traffic of DRAM and buses in bytes per cycle. One cycle is one time unit, shown as one
// microsecond. Operations follow one another as in the report.
//
// Of an operation too large for one program, units show the first part only, and the operation says so.
#pragma once

#include <cstddef>
#include <string>

#include "sim/run/iteration.h"

namespace lnsim {

// A timeline of this many slices is about 20 MB and opens at once.
inline constexpr std::size_t kMostSlices = 200000;

// The finest power of two at which the timeline of the result has at most kMostSlices slices of units.
Cycle timeline_resolution(const IterationResult& result);

// `result` must hold the logs of its operations. Slices of units at a resolution in cycles (see
// sim/run/report/coalesce.h).
std::string timeline_json(const IterationResult& result, const AcceleratorParameters& machine,
                          Cycle resolution);

}  // namespace lnsim
