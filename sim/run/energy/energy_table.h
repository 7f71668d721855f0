// Joules: what one event costs, with the source of every number. Joined to event counts after the run.
//
// A table is a YAML file with the keys `name`, `conditions` (node, voltage, temperature, includes: text; and,
// for tables that may be scaled, scale_from: {node: 45, voltage_v: 0.9}) and `events`, which has an entry for
// every row of models/events.h. An entry is a cost
//
//     {pj: 0.05, source: "...", basis: published, uncertainty: [0.5, 2]}       pJ per count, >= 0
//
// or one of
//
//     by_CHOICE: {VALUE: ENTRY, ...}        a choice of the machine: kCostChoices
//     by_SIZE: [{at: 8192, pj: ...}, ...]   two or more costs in ascending order of a size: kCostSizes.
//     Between two
//                                           of them, and up to a factor of 4 beyond either end, log(pj) is
//                                           linear in log(size)
//     sum: [ENTRY, ...]
//     sram: read | write | leakage          from the section `sram`: sim/run/energy/sram.h
//
// and `times: [SIZE, ...]` beside any of them multiplies by sizes of the machine. configs/energy/README.md
// has the list of choices and sizes.
//
// The optional section `switching` has models of lanes: sim/run/energy/switching_model.h.
//
// `extends: FILE`, relative to the table, takes the entries, the section `sram`, and the kinds of datapaths
// in the section `switching` that the table does not have from another table, which may extend a third one.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/events.h"
#include "models/parameters.h"
#include "sim/run/energy/event_cost.h"
#include "sim/run/energy/switching_model.h"

namespace lnsim {

// Where a table's figures may be scaled from: a node of sim/run/energy/technology_scaling.h, and a voltage.
struct Technology {
  std::string node;
  double voltage_v = 0.0;

  bool operator==(const Technology&) const = default;
};

struct EnergyCosts {
  std::string table;       // name of the table
  std::string conditions;  // node, voltage, what is included
  std::array<EventCost, kEventCount> of;
  std::optional<Technology> technology;         // when the table and those it extends say the same
  std::vector<std::filesystem::path> extended;  // the other tables that were read
  std::string scaling;                          // what was scaled, from where to where; empty: nothing
  std::optional<SwitchingModel> switching;      // of the machine's lanes, if the table has one

  double pj(Event event) const { return of[static_cast<std::size_t>(event)].pj; }
};

// A table with those it extends, read once for any number of machines. Several threads may use it.
class EnergyTable {
 public:
  // Throws UserError when a file cannot be read as YAML; its other mistakes come with costs_of.
  explicit EnergyTable(const std::filesystem::path& path);

  // The table resolved for a machine: its choices, widths and sizes. Throws UserError with every event
  // without an entry, unknown entries, machines that the table does not cover, missing sources.
  EnergyCosts costs_of(const AcceleratorParameters& machine) const;

  std::vector<std::filesystem::path> paths() const;  // its own first

 private:
  struct Files;
  std::shared_ptr<const Files> files_;
};

// Of one machine. Throws what EnergyTable throws.
EnergyCosts read_energy_table(const std::filesystem::path& path, const AcceleratorParameters& machine);

}  // namespace lnsim
