#include "sim/run/compare/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/run/compare/datapath_name.h"
#include "sim/run/compare/usual_formats.h"

namespace lnsim {
namespace {

using arith::DatapathKind;

// Empty when every machine has an area.
std::string missing_areas(const std::vector<RunConfig>& configs,
                          const std::optional<Characterisation>& from) {
  if (!from) return "no characterisation was given";
  std::string missing;
  for (const RunConfig& config : configs) {
    if (lanes_um2(config.machine, *from)) continue;
    missing += (missing.empty() ? "" : ", ") + datapath_name(config.machine.datapath.kind);
    if (config.machine.datapath.kind == DatapathKind::lns)
      missing += fmt::format(" with {} table entries", config.machine.datapath.table_entries);
  }
  return missing.empty() ? "" : fmt::format("\"{}\" has no area of {}", from->name, missing);
}

// As many lanes per PE as take the area of the first machine's lanes.
void give_equal_area(std::vector<RunConfig>& configs, const Characterisation& from) {
  const double area = *lanes_um2(configs.front().machine, from);
  for (RunConfig& config : configs) {
    AcceleratorParameters& machine = config.machine;
    const double lane = *lanes_um2(machine, from) / machine.pe.lanes;
    machine.pe.lanes = static_cast<std::uint32_t>(std::max(1.0, std::round(area / lane)));
  }
}

std::vector<ComparedMachine> run_all(const Trace& trace, const std::vector<RunConfig>& configs,
                                     const std::filesystem::path& config_path,
                                     const ComparisonOptions& options, const Progress& progress) {
  std::vector<ComparedMachine> machines;
  for (const RunConfig& config : configs) {
    check_sizes(config.machine, fmt::format("{} with {}", config_path.generic_string(),
                                            datapath_name(config.machine.datapath.kind)));
    machines.push_back(
        {config, read_energy_table(config_path.parent_path() / config.energy_table, config.machine), {}, {}});
  }
  const IterationOptions iteration{.values = Values::shapes_only, .jobs = options.jobs};
  for (ComparedMachine& machine : machines) {
    machine.result = run_iteration(trace, machine.config, machine.costs, iteration, progress);
    if (options.characterisation)
      machine.lanes_um2 = lanes_um2(machine.config.machine, *options.characterisation);
  }
  return machines;
}

double level_pj(const ComparedMachine& machine, EnergyLevel level) {
  return to_pj(machine.result.energy.within(level));
}

}  // namespace

std::string ComparedMachine::datapath() const {
  return datapath_name(config.machine.datapath.kind);
}

RunConfig config_with_datapath(const RunConfig& config, DatapathKind kind, SizesHeld held) {
  RunConfig changed = config;
  if (kind == config.machine.datapath.kind) return changed;
  give_usual_datapath(changed.machine, kind);
  if (held == SizesHeld::elements) {
    scale_operand_paths(changed.machine, operand_bits(config.machine.formats),
                        operand_bits(changed.machine.formats));
  }
  return changed;
}

Comparison compare_datapaths(const Trace& trace, const RunConfig& config,
                             const std::filesystem::path& config_path, const ComparisonOptions& options,
                             const Progress& progress) {
  std::vector<RunConfig> configs;
  for (const DatapathKind kind : options.datapaths)
    configs.push_back(config_with_datapath(config, kind, options.held));
  Comparison comparison;
  comparison.equal_lanes = run_all(trace, configs, config_path, options, progress);
  comparison.no_area_because = missing_areas(configs, options.characterisation);
  if (!comparison.no_area_because.empty()) return comparison;
  give_equal_area(configs, *options.characterisation);
  comparison.equal_area = run_all(trace, configs, config_path, options, progress);
  return comparison;
}

const std::vector<ComparedFigure>& compared_figures() {
  static const std::vector<ComparedFigure> kFigures{
      {"cycles", "cycles", [](const ComparedMachine& m) { return static_cast<double>(m.result.run.cycles); }},
      {"datapath energy", "datapath_energy_pj",
       [](const ComparedMachine& m) { return level_pj(m, EnergyLevel::datapath); }},
      {"PE energy", "processing_element_energy_pj",
       [](const ComparedMachine& m) { return level_pj(m, EnergyLevel::processing_element); }},
      {"system energy", "system_energy_pj",
       [](const ComparedMachine& m) { return level_pj(m, EnergyLevel::system); }},
      {"DRAM bytes", "dram_bytes",
       [](const ComparedMachine& m) {
         const EventCounts& events = m.result.run.events;
         return static_cast<double>(events[Event::dram_read_byte] + events[Event::dram_write_byte]);
       }},
  };
  return kFigures;
}

}  // namespace lnsim
