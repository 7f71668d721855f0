// Joules: what one event costs, with the source of every number. Joined to event counts after the run.
//
// A table is a YAML file with the keys `name`, `conditions` (node, voltage, temperature, includes: text) and
// `events`, which has an entry for every row of models/events.h. An entry is a cost
//
//     {pj: 0.05, source: "...", basis: published | derived | our_choice}       pJ per count, >= 0
//
// or one selector over costs:
//
//     by_datapath:        {lns: ENTRY, fp32: ENTRY, ...}       the machine's datapath.kind
//     by_optimizer:       {madam: ENTRY, ...}                  the machine's optimizer.kind
//     by_capacity_bytes:  [{at: 8192, pj: ...}, ...]           capacity of the memory; collector: of one lane
//     by_bits:            [{at: 8, pj: ...}, ...]              datapath: weight; collector: accumulator; ppu
//     and vector_unit:
//                                                              activation; weight_update: stored weight
//     by_table_entries:   [{at: 1, pj: ...}, ...]              datapath.table_entries of an LNS datapath
//
// The entries of the first two may again be selectors. The other three are lists of two or more costs in
// ascending order: between two of them, and up to a factor of 4 beyond either end, log(pj) is linear in
// log(size).
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
  double pj = 0.0;     // per count
  std::string source;  // where the number is from
  std::string basis;   // published, derived or our_choice
};

struct EnergyCosts {
  std::string table;       // name of the table
  std::string conditions;  // node, voltage, what is included
  std::array<EventCost, kEventCount> of;

  double pj(Event event) const { return of[static_cast<std::size_t>(event)].pj; }
};

// Reads a table and resolves it for a machine. Throws UserError for every event without an entry, unknown
// entries, datapaths or sizes the table does not cover, missing sources.
EnergyCosts read_energy_table(const std::filesystem::path& path, const AcceleratorParameters& machine);

}  // namespace lnsim
