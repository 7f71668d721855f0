#include <fmt/format.h>

#include <cmath>

#include "sim/run/report/bottleneck.h"
#include "sim/run/report/csv.h"
#include "sim/run/report/report.h"

namespace lnsim {
namespace {

std::string number(std::optional<double> value) {
  return value && std::isfinite(*value) ? fmt::format("{}", *value) : std::string();
}

// Bottleneck and roofline point; empty fields where there is none.
std::string roof_fields(const RunResult& run, const AcceleratorParameters& machine) {
  const std::optional<Bound> bound = bound_of(run, machine);
  std::string fields = bound ? fmt::format(",{},{}", bound->bottleneck.name(), bound->share) : ",,";
  for (const std::uint64_t cycles : roofs_of(run.events, machine)) fields += fmt::format(",{}", cycles);
  const std::optional<RooflinePoint> point = roofline_point(run, machine);
  if (!point) return fields + ",,,";
  return fields + fmt::format(",{},{},{}", point->macs_per_dram_byte, point->macs_per_cycle,
                              point->attainable_macs_per_cycle);
}

}  // namespace

std::string report_csv(const IterationResult& result, const RunConfig& config, const EnergyCosts& costs) {
  std::string csv = "layer,operator,pass,macs,cycles,utilisation";
  for (const std::string_view cause : kCauseNames) csv += fmt::format(",{}_cycles", cause);
  csv += ",bottleneck,bottleneck_share";
  for (const std::string_view resource : kResourceNames) csv += fmt::format(",{}_least_cycles", resource);
  csv += ",macs_per_dram_byte,macs_per_cycle,attainable_macs_per_cycle";
  for (const auto& [component, quanta] : result.energy.by_component())
    csv += fmt::format(",{}_pj", component);
  csv +=
      ",energy_pj,energy_fj_per_mac,dram_read_bytes,dram_write_bytes,global_buffer_read_bytes,"
      "global_buffer_write_bytes,sqnr_db,macs_priced_from_operands,energy_from_operands_pj,energy_of_those_"
      "by_mean_pj,"
      "energy_scaling\n";

  for (const OperationResult& operation : result.operations) {
    csv += fmt::format("{},{},{},{},{},{}", csv_field(operation.layer), csv_field(operation.op),
                       kPassNames[static_cast<std::size_t>(operation.pass)], operation.macs,
                       operation.run.cycles, utilisation(operation.run, config.machine.pe));
    for (const std::uint64_t cycles : operation.run.cycles_by_cause) csv += fmt::format(",{}", cycles);
    csv += roof_fields(operation.run, config.machine);
    for (const auto& [component, quanta] : operation.energy.by_component())
      csv += fmt::format(",{}", to_pj(quanta));
    const double pj = to_pj(operation.energy.total());
    csv += fmt::format(",{},", pj);
    if (operation.macs != 0) csv += fmt::format("{}", pj * 1000.0 / static_cast<double>(operation.macs));
    const EventCounts& events = operation.run.events;
    const OperandEnergy& modelled = operation.energy.from_operands;
    csv += fmt::format(
        ",{},{},{},{},{},{},{},{},{}\n", events[Event::dram_read_byte], events[Event::dram_write_byte],
        events[Event::global_buffer_read_byte], events[Event::global_buffer_write_byte],
        operation.numeric && operation.numeric->sums ? number(operation.numeric->sums->sqnr_db)
                                                     : std::string(),
        modelled.macs, to_pj(modelled.total()), to_pj(modelled.quanta_by_means), csv_field(costs.scaling));
  }
  return csv;
}

}  // namespace lnsim
