// What all units of a machine share during a run.
#pragma once

#include "models/accelerator.h"
#include "models/control/activity.h"
#include "models/control/program.h"
#include "models/control/scoreboard.h"
#include "models/control/tile_data.h"
#include "models/events.h"

namespace lnsim {

struct RunState {
  const Program* program = nullptr;
  TileData* data = nullptr;  // null: shapes only
  Scoreboard scoreboard;
  Activity activity;
  EventCounts events;
  arith::DotCounts dot_counts;

  const Dependencies& dependencies(std::uint32_t command) const { return program->commands[command].after; }
  std::uint32_t index(std::uint32_t command) const { return program->commands[command].index; }
};

// An entry of a unit's command queue.
struct QueuedCommand {
  std::uint32_t command = 0;  // index into Program::commands
  std::uint32_t ordinal = 0;  // of the commands of the same queue
};

}  // namespace lnsim
