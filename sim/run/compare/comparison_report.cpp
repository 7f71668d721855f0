#include "sim/run/compare/comparison_report.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "sim/run/config/effective_config.h"
#include "sim/run/report/provenance.h"
#include "sim/run/report/stacked_bars.h"
#include "sim/run/report/text_table.h"

namespace lnsim {
namespace {

using Json = nlohmann::ordered_json;
using View = std::vector<ComparedMachine>;

constexpr std::string_view kEqualLanes = "equal_lanes";
constexpr std::string_view kEqualArea = "equal_area";

double ratio(const ComparedFigure& figure, const View& view, const ComparedMachine& machine) {
  return figure.of(machine) / figure.of(view.front());
}

// Nothing where the first machine has none of it.
std::string ratio_cell(const ComparedFigure& figure, const View& view, const ComparedMachine& machine) {
  return figure.of(view.front()) > 0.0 ? fmt::format("{:.3f}", ratio(figure, view, machine)) : "";
}

double seconds(const ComparedMachine& machine) {
  return static_cast<double>(machine.result.run.cycles) / (machine.config.machine.clock.frequency_ghz * 1e9);
}

double utilisation_of(const ComparedMachine& machine) {
  return utilisation(machine.result.run, machine.config.machine.pe);
}

std::string fj_per_mac(const ComparedMachine& machine, EnergyLevel level) {
  if (machine.result.macs == 0) return "";
  return fmt::format("{:.1f}", to_pj(machine.result.energy.within(level)) * 1000.0 /
                                   static_cast<double>(machine.result.macs));
}

std::string ratio_table(const View& view) {
  std::vector<std::string> header{"datapath", "operand bits", "PEs x lanes"};
  for (const ComparedFigure& figure : compared_figures()) header.emplace_back(figure.name);
  if (view.front().lanes_um2) header.emplace_back("lane area");
  TextTable table(header, 1);
  for (const ComparedMachine& machine : view) {
    const AcceleratorParameters& m = machine.config.machine;
    std::vector<std::string> row{machine.datapath(), fmt::to_string(operand_bits(m.formats)),
                                 fmt::format("{} x {}", m.pe.count, m.pe.lanes)};
    for (const ComparedFigure& figure : compared_figures()) row.push_back(ratio_cell(figure, view, machine));
    if (view.front().lanes_um2)
      row.push_back(machine.lanes_um2 ? fmt::format("{:.3f}", *machine.lanes_um2 / *view.front().lanes_um2)
                                      : "");
    table.add(std::move(row));
  }
  return table.str();
}

std::string figures_table(const View& view) {
  TextTable table({"datapath", "cycles", "ms", "util. %", "datapath fJ/MAC", "PE fJ/MAC", "system fJ/MAC",
                   "system uJ", "DRAM MB"},
                  1);
  for (const ComparedMachine& machine : view) {
    table.add({machine.datapath(), grouped(machine.result.run.cycles),
               fmt::format("{:.3f}", seconds(machine) * 1e3),
               fmt::format("{:.1f}", 100.0 * utilisation_of(machine)),
               fj_per_mac(machine, EnergyLevel::datapath),
               fj_per_mac(machine, EnergyLevel::processing_element), fj_per_mac(machine, EnergyLevel::system),
               fmt::format("{:.3f}", to_pj(machine.result.energy.total()) * 1e-6),
               fmt::format("{:.3f}", compared_figures().back().of(machine) * 1e-6)});
  }
  return table.str();
}

std::string view_text(const View& view, std::string_view title) {
  return fmt::format("{}: ratios to {}\n{}\nThe same in figures\n{}", title, view.front().datapath(),
                     ratio_table(view), figures_table(view));
}

// What was held equal.
std::string held_text(SizesHeld held) {
  static constexpr std::array<std::string_view, 2> kTexts{
      "Held in elements: capacities and read ports of BufferA and BufferB, operand bus, return bus and the "
      "banks' width "
      "of the global buffer grow with the widest operand format. The capacity of the global buffer, DRAM, "
      "DMA, "
      "weight-update units and the clock are the config's for every datapath.",
      "Held in bytes: every machine has the config's buffers, ports, buses, DRAM and clock."};
  return std::string(kTexts.at(static_cast<std::size_t>(held))) +
         " Traffic follows the formats, those of stored weights and optimizer state included.";
}

Json machine_json(const View& view, const ComparedMachine& machine) {
  const AcceleratorParameters& m = machine.config.machine;
  Json json;
  json["datapath"] = machine.datapath();
  json["operand_bits"] = operand_bits(m.formats);
  json["pes"] = m.pe.count;
  json["lanes"] = m.pe.lanes;
  json["macs"] = machine.result.macs;
  json["seconds"] = seconds(machine);
  json["utilisation"] = utilisation_of(machine);
  json["lanes_um2"] = machine.lanes_um2 ? Json(*machine.lanes_um2) : Json(nullptr);
  for (const ComparedFigure& figure : compared_figures()) {
    const double value = figure.of(machine);
    json[std::string(figure.column)] = value;
    json["ratio"][std::string(figure.column)] =
        figure.of(view.front()) > 0.0 ? Json(ratio(figure, view, machine)) : Json(nullptr);
  }
  for (const auto& [component, quanta] : machine.result.energy.by_component())
    json["energy_pj_by_component"][component] = to_pj(quanta);
  const EventCost& mac = machine.costs.of[static_cast<std::size_t>(Event::datapath_mac)];
  json["datapath_mac"] = {{"pj", mac.pj}, {"basis", name_of(mac.basis)}, {"source", mac.source}};
  json["config"] = effective_config(machine.config);
  return json;
}

Json view_json(const View& view) {
  Json all = Json::array();
  for (const ComparedMachine& machine : view) all.push_back(machine_json(view, machine));
  return all;
}

std::string csv_rows(const View& view, std::string_view name) {
  std::string csv;
  for (const ComparedMachine& machine : view) {
    const AcceleratorParameters& m = machine.config.machine;
    csv += fmt::format("{},{},{},{},{},{},{},{},{}", name, machine.datapath(), operand_bits(m.formats),
                       m.pe.count, m.pe.lanes, machine.result.macs, seconds(machine), utilisation_of(machine),
                       machine.lanes_um2 ? fmt::format("{}", *machine.lanes_um2) : "");
    for (const ComparedFigure& figure : compared_figures()) csv += fmt::format(",{}", figure.of(machine));
    for (const ComparedFigure& figure : compared_figures()) {
      csv += ",";
      if (figure.of(view.front()) > 0.0) csv += fmt::format("{}", ratio(figure, view, machine));
    }
    for (const auto& [component, quanta] : machine.result.energy.by_component())
      csv += fmt::format(",{}", to_pj(quanta));
    csv += "\n";
  }
  return csv;
}

}  // namespace

std::string comparison_table(const Comparison& comparison, const ComparisonOptions& options) {
  std::string text = view_text(comparison.equal_lanes, "Equal lanes") + "\n";
  text += comparison.equal_area.empty()
              ? wrapped(fmt::format("Equal area: left out, because {}.", comparison.no_area_because), "")
              : view_text(comparison.equal_area, "Equal area of the lanes");
  if (options.characterisation) {
    text += fmt::format("\nAreas from \"{}\"\n", options.characterisation->name) +
            wrapped(options.characterisation->conditions, "  ");
  }
  const EnergyCosts& costs = comparison.equal_lanes.front().costs;
  text += fmt::format("\nCosts from \"{}\"\n", costs.table) + wrapped(costs.conditions, "  ");
  return text + "\n" + wrapped(held_text(options.held), "");
}

nlohmann::ordered_json comparison_json(const Comparison& comparison, const ComparisonOptions& options,
                                       const ComparisonInputs& inputs) {
  std::vector<std::pair<std::string_view, std::filesystem::path>> files{
      {"config", inputs.config_path},
      {"trace", inputs.trace_path},
      {"energy_table", inputs.energy_table_path}};
  if (!inputs.characterisation_path.empty())
    files.emplace_back("characterisation", inputs.characterisation_path);
  Json json;
  json["provenance"] = provenance_json(files);
  json["reference"] = comparison.equal_lanes.front().datapath();
  json["held"] = std::string(kSizesHeldNames[static_cast<std::size_t>(options.held)]);
  json["held_means"] = held_text(options.held);
  json["energy_table"] = {{"name", comparison.equal_lanes.front().costs.table},
                          {"conditions", comparison.equal_lanes.front().costs.conditions}};
  json["views"][std::string(kEqualLanes)] = view_json(comparison.equal_lanes);
  json["views"][std::string(kEqualArea)] =
      comparison.equal_area.empty() ? Json(nullptr) : view_json(comparison.equal_area);
  if (comparison.equal_area.empty()) json["equal_area_left_out_because"] = comparison.no_area_because;
  return json;
}

std::string comparison_csv(const Comparison& comparison) {
  std::string csv = "view,datapath,operand_bits,pes,lanes,macs,seconds,utilisation,lanes_um2";
  for (const ComparedFigure& figure : compared_figures()) csv += fmt::format(",{}", figure.column);
  for (const ComparedFigure& figure : compared_figures()) csv += fmt::format(",{}_ratio", figure.column);
  for (const auto& [component, quanta] : comparison.equal_lanes.front().result.energy.by_component())
    csv += fmt::format(",{}_pj", component);
  csv += "\n";
  return csv + csv_rows(comparison.equal_lanes, kEqualLanes) + csv_rows(comparison.equal_area, kEqualArea);
}

std::string comparison_svg(const std::vector<ComparedMachine>& view, std::string_view view_name) {
  std::vector<EnergyBar> bars;
  for (const ComparedMachine& machine : view) bars.push_back({machine.datapath(), machine.result.energy});
  return stacked_bars_svg(fmt::format("Energy of one iteration on {} with each datapath, {}",
                                      view.front().config.machine.name, view_name),
                          bars, fmt::format("Costs from \"{}\".", view.front().costs.table));
}

}  // namespace lnsim
