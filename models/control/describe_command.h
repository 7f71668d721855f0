// Commands in words, for reports of runs that cannot go on.
#pragma once

#include <string>

#include "models/control/controller.h"
#include "models/control/run_state.h"

namespace lnsim {

// `load 5 (operand_a to slot 1, 1024 bytes)`: the kind, its place among the commands of its queue, which
// progress counters count, and what it moves or computes.
std::string describe_command(const Program& program, const QueuedCommand& command);

// `waits for loaded >= 7 (now 5) to start PE command 3 (...)`: what the oldest command of a queue waits for.
// Empty for an empty queue and for a command that waits for nothing.
std::string describe_wait(const RunState& run, const CommandQueue& queue);

}  // namespace lnsim
