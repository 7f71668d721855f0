// What all units of a machine share during a run.
#pragma once

#include "models/accelerator.h"
#include "models/control/activity.h"
#include "models/control/program.h"
#include "models/control/scoreboard.h"
#include "models/control/tile_data.h"
#include "models/events.h"
#include "sim/base/state_image.h"
#include "sim/base/unit.h"

namespace lnsim {

struct RunState {
  const Program* program = nullptr;
  TileData* data = nullptr;       // null: shapes only
  bool counts_switching = false;  // with data
  Scoreboard scoreboard;
  Activity activity;
  EventCounts events;
  arith::DotCounts dot_counts;
  const DramRequestObserver* dram_requests = nullptr;  // who is told of bursts, with the simulation's cycle
  // Only what a run comes to is asked for: a unit may be replaced by its closed form.
  bool closed_form = false;

  // Stretches of the program that were passed over so far: commands of different ones are not next to each
  // other in the program.
  std::uint32_t stretch = 0;
  std::uint32_t pe_commands_issued = 0;
  std::uint64_t buffer_line_bytes = 1;  // of the global buffer: a word of each bank

  std::uint32_t index(std::uint32_t command) const { return program->commands[command].index; }

  // For images of the state: PE commands count from the last one issued, and of an address only the banks
  // matter.
  std::uint64_t behind(std::uint32_t pe_ordinal) const { return pe_commands_issued - pe_ordinal; }
  std::uint64_t in_line(std::uint64_t address) const { return address % buffer_line_bytes; }
};

// An entry of a unit's command queue.
struct QueuedCommand {
  std::uint32_t command = 0;  // index into Program::commands
  std::uint32_t ordinal = 0;  // of the commands of the same queue
  std::uint32_t stretch = 0;
  Dependencies after;
};

inline constexpr auto kImpliedByCount = [](const QueuedCommand&) {};

// A unit whose state can be told apart from others.
class MachineUnit : public Unit {
 public:
  using Unit::Unit;
  // What the unit's next steps depend on, beside the program; a channel is written by its consumer.
  virtual void image(StateImage& image) const = 0;
  // The unit's registers, and the channels it consumes.
  virtual void list(SignalList& signals) const = 0;
};

}  // namespace lnsim
