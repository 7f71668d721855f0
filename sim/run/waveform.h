// The registers of the machine over some cycles of one operation, for waveform viewers.
#pragma once

#include <cstddef>
#include <string>

#include "sim/run/iteration.h"

namespace lnsim {

struct WaveformRequest {
  std::string operation = "0";  // LAYER:PASS as the report spells them (the first such), or `i` of the trace
  std::string window;           // FROM:TO, cycles from the operation's first one; TO is not shown
};

// What was asked for, understood.
struct WaveformWindow {
  std::size_t operation = 0;  // in trace order
  Cycle from = 0;
  Cycle to = 0;
};

// Throws UserError for what the trace has not, and for windows that are none.
WaveformWindow read_waveform_request(const WaveformRequest& request, const Trace& trace);

// Runs the operation once more, with the program of the result, and gives a value change dump. Throws
// UserError for a window that begins after the operation's end.
std::string waveform(const WaveformWindow& window, const Trace& trace, const RunConfig& config,
                     const EnergyCosts& costs, const IterationResult& result);

}  // namespace lnsim
