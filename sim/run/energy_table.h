// Joules: what one event costs, with the source of every number. Joined to event counts after the run.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "models/events.h"
#include "models/parameters.h"

namespace lnsim {

// One event's cost, resolved for one machine (its datapath, widths and buffer sizes).
struct EventCost {
  double pj = 0.0;      // per count
  std::string source;   // where the number is from
  std::string basis;    // published, derived or our_choice
};

struct EnergyCosts {
  std::string table;       // name of the table
  std::string conditions;  // node, voltage, what is included
  std::array<EventCost, kEventCount> of;

  double pj(Event event) const { return of[static_cast<std::size_t>(event)].pj; }
};

// Reads a table and resolves it for a machine. Throws UserError for every event without an entry, unknown entries,
// datapaths or sizes the table does not cover, missing sources.
EnergyCosts read_energy_table(const std::filesystem::path& path, const AcceleratorParameters& machine);

}  // namespace lnsim
