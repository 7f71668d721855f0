// The forms of a run's report: one JSON document, one CSV table, one table for the terminal.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "sim/run/iteration.h"

namespace lnsim {

// What went into a run, for the report's provenance.
struct RunInputs {
  std::filesystem::path config_path;
  std::filesystem::path trace_path;
  std::filesystem::path energy_table_path;
};

// Everything: provenance, effective config, totals, layers. Equal input gives equal bytes: no times, no host
// names. Totals and layers alike have `least_cycles_by_resource` (what each resource needs at its full rate)
// and, where there are products, `roofline`; a layer has its `bottleneck` (`of`, `by` throughput or latency,
// `share` of the cycles), the totals `cycles_by_bottleneck`: see sim/run/report/bottleneck.h.
// `full` adds to every numeric error how many signs are wrong, and, of a chain, where operands came from.
enum class NumericDetail : std::uint8_t { brief, full };
nlohmann::ordered_json report_json(const IterationResult& result, const RunConfig& config,
                                   const EnergyCosts& costs, const Trace& trace, const RunInputs& inputs,
                                   NumericDetail detail = NumericDetail::brief);

// One row per operation; units in the column names. The last column says what was scaled; empty: nothing.
std::string report_csv(const IterationResult& result, const RunConfig& config, const EnergyCosts& costs);

enum class TableRows : std::uint8_t { layers_with_products, all };

// For people: a row per layer with its passes side by side, operators without products summed by kind unless
// all rows are asked for, totals, energy by component and level, and what is left out.
std::string report_table(const IterationResult& result, const RunConfig& config, const EnergyCosts& costs,
                         TableRows rows);

}  // namespace lnsim
