#include "sim/run/config/effective_config.h"
#include "sim/run/report/bottleneck.h"
#include "sim/run/report/omissions.h"
#include "sim/run/report/provenance.h"
#include "sim/run/report/report.h"
#include "sim/run/report/report_numeric.h"
#include "sim/run/report/report_switching.h"

namespace lnsim {
namespace {

using Json = nlohmann::ordered_json;

std::string pass_name(Pass pass) {
  return std::string(kPassNames[static_cast<std::size_t>(pass)]);
}

Json cycles_by_cause(const RunResult& run) {
  Json causes = Json::object();
  for (std::size_t i = 0; i < kCauseCount; ++i) causes[std::string(kCauseNames[i])] = run.cycles_by_cause[i];
  return causes;
}

Json least_cycles_by_resource(const RunResult& run, const AcceleratorParameters& machine) {
  const Roofs roofs = roofs_of(run.events, machine);
  Json json = Json::object();
  for (std::size_t i = 0; i < kResourceCount; ++i) json[std::string(kResourceNames[i])] = roofs[i];
  return json;
}

Json bottleneck_json(const RunResult& run, const AcceleratorParameters& machine) {
  const std::optional<Bound> bound = bound_of(run, machine);
  if (!bound) return nullptr;
  return Json{{"of", std::string(bound->bottleneck.of)},
              {"by", std::string(kBoundByNames[static_cast<std::size_t>(bound->bottleneck.by)])},
              {"share", bound->share}};
}

Json cycles_by_bottleneck(const IterationResult& result, const AcceleratorParameters& machine) {
  BoundCycles bound;
  for (const OperationResult& operation : result.operations) bound.add(operation.run, machine);
  Json json = Json::object();
  for (const auto& [bottleneck, cycles] : bound.by_bottleneck()) json[bottleneck.name()] = cycles;
  return json;
}

Json roofline_json(const RunResult& run, const AcceleratorParameters& machine) {
  const std::optional<RooflinePoint> point = roofline_point(run, machine);
  if (!point) return nullptr;
  return Json{{"macs_per_dram_byte", point->macs_per_dram_byte},
              {"macs_per_cycle", point->macs_per_cycle},
              {"attainable_macs_per_cycle", point->attainable_macs_per_cycle},
              {"peak_macs_per_cycle", peak_macs_per_cycle(machine.pe)}};
}

Json bytes_by_level(const EventCounts& events) {
  const auto pair = [&](Event read, Event write) {
    return Json{{"read", events[read]}, {"write", events[write]}};
  };
  return Json{
      {"dram", pair(Event::dram_read_byte, Event::dram_write_byte)},
      {"global_buffer", pair(Event::global_buffer_read_byte, Event::global_buffer_write_byte)},
      {"operand_bus",
       {{"driven", events[Event::operand_bus_byte]},
        {"delivered", events[Event::operand_bus_delivery_byte]}}},
      {"return_bus", {{"driven", events[Event::return_bus_byte]}}},
      {"buffer_a", pair(Event::buffer_a_read_byte, Event::buffer_a_write_byte)},
      {"buffer_b", pair(Event::buffer_b_read_byte, Event::buffer_b_write_byte)},
  };
}

Json energy_by_component(const Energy& energy) {
  Json components = Json::object();
  for (const auto& [name, quanta] : energy.by_component()) components[name] = to_pj(quanta);
  return components;
}

Json energy_by_event(const Energy& energy) {
  Json all = Json::object();
  for (const EventRow& row : kEvents) {
    all[std::string(row.name)] = to_pj(energy.quanta[static_cast<std::size_t>(row.event)]);
  }
  return all;
}

Json energy_by_level(const Energy& energy) {
  return Json{{"datapath", to_pj(energy.within(EnergyLevel::datapath))},
              {"processing_element", to_pj(energy.within(EnergyLevel::processing_element))},
              {"system", to_pj(energy.within(EnergyLevel::system))}};
}

Json energy_by_basis(const Energy& energy, const EnergyCosts& costs) {
  const auto sums = by_basis(energy, costs);
  Json json = Json::object();
  for (std::size_t i = 0; i < sums.size(); ++i) json[std::string(kBasisNames[i])] = to_pj(sums[i]);
  return json;
}

Json energy_range(const Energy& energy, const EnergyCosts& costs) {
  const EnergyRange range = range_of(energy, costs);
  return Json{{"low", range.low_pj}, {"high", range.high_pj}};
}

Json events(const EventCounts& counts) {
  Json all = Json::object();
  for (const EventRow& row : kEvents) all[std::string(row.name)] = counts[row.event];
  return all;
}

Json per_mac(const Energy& energy, std::uint64_t macs) {
  if (macs == 0) return nullptr;
  return to_pj(energy.total()) * 1000.0 / static_cast<double>(macs);
}

// The part that layers and totals share.
Json figures(const RunResult& run, std::uint64_t macs, const Energy& energy,
             const AcceleratorParameters& machine) {
  Json json;
  json["cycles"] = run.cycles;
  json["macs"] = macs;
  json["utilisation"] = utilisation(run, machine.pe);
  json["energy_pj"] = to_pj(energy.total());
  json["energy_fj_per_mac"] = per_mac(energy, macs);
  json["cycles_by_cause"] = cycles_by_cause(run);
  json["least_cycles_by_resource"] = least_cycles_by_resource(run, machine);
  json["roofline"] = roofline_json(run, machine);
  json["energy_pj_by_component"] = energy_by_component(energy);
  json["energy_pj_by_event"] = energy_by_event(energy);
  json["energy_pj_by_level"] = energy_by_level(energy);
  json["bytes_by_level"] = bytes_by_level(run.events);
  json["events"] = events(run.events);
  return json;
}

Json mapping_json(const MappingChoice& choice) {
  return Json{
      {"grid",
       {{"groups", choice.grid.groups}, {"rows", choice.grid.rows}, {"columns", choice.grid.columns}}},
      {"tile_rows", choice.rows},
      {"tile_columns", choice.columns},
      {"tile_vectors_a", choice.vectors_a},
      {"tile_vectors_b", choice.vectors_b},
      {"order", std::string(kLoopOrderNames[static_cast<std::size_t>(choice.order)])},
      {"chosen_by", choice.reason}};
}

Json zero_gating_json(const ZeroGatingResult& gating) {
  return Json{{"slots", gating.slots()},
              {"live", gating.live},
              {"gated", gating.gated},
              {"padding", gating.padding},
              {"gated_share", gating.share()},
              {"energy_pj_without", to_pj(gating.quanta_without)},
              {"energy_pj_with", to_pj(gating.quanta_with)}};
}

Json layer_json(const OperationResult& operation, const AcceleratorParameters& machine,
                const EnergyCosts& costs, NumericDetail detail) {
  Json json;
  json["layer"] = operation.layer;
  json["pass"] = pass_name(operation.pass);
  json["operator"] = operation.op;
  json.update(figures(operation.run, operation.macs, operation.energy, machine));
  json["energy_from_operands"] =
      switching_json(operation.energy, operation.run.events[Event::datapath_mac], costs);
  json["bottleneck"] = bottleneck_json(operation.run, machine);
  json["pes"] = operation.pes;
  if (!operation.mapping.empty()) {
    Json choices = Json::array();
    for (const MappingChoice& choice : operation.mapping) choices.push_back(mapping_json(choice));
    json["mapping"] = choices;
  }
  if (operation.zero_gating) json["zero_gating"] = zero_gating_json(*operation.zero_gating);
  if (operation.numeric) json["numeric"] = numeric_json(*operation.numeric, detail);
  if (operation.update) json["numeric"] = numeric_json(*operation.update, detail);
  if (!operation.origins.empty()) json["operands_from"] = origins_json(operation.origins);
  if (operation.not_computed) json["values_not_computed"] = *operation.not_computed;
  if (operation.update_of_other_rule) {
    json["numeric"] = {{"not_replayed", "recorded with another rule"},
                       {"recorded_rule", *operation.update_of_other_rule}};
  }
  return json;
}

Json cost_json(const EnergyCosts& costs) {
  Json table;
  table["name"] = costs.table;
  table["conditions"] = costs.conditions;
  table["scaling"] = costs.scaling.empty() ? Json(nullptr) : Json(costs.scaling);
  Json per_event = Json::object();
  for (const EventRow& row : kEvents) {
    const EventCost& cost = costs.of[static_cast<std::size_t>(row.event)];
    per_event[std::string(row.name)] = {{"pj", cost.pj},
                                        {"per", std::string(row.one)},
                                        {"basis", std::string(name_of(cost.basis))},
                                        {"uncertainty", {cost.uncertainty.low, cost.uncertainty.high}},
                                        {"source", cost.source}};
  }
  table["events"] = per_event;
  table["switching"] = switching_model_json(costs);
  return table;
}

}  // namespace

nlohmann::ordered_json report_json(const IterationResult& result, const RunConfig& config,
                                   const EnergyCosts& costs, const Trace& trace, const RunInputs& inputs,
                                   NumericDetail detail) {
  Json json;
  json["provenance"] = provenance_json({{"config", inputs.config_path},
                                        {"trace", inputs.trace_path},
                                        {"energy_table", inputs.energy_table_path}});
  Json& extended = json["provenance"]["energy_table"]["extends"] = Json::array();
  for (const std::filesystem::path& path : costs.extended) extended.push_back(input_json(path));
  json["trace"] = {
      {"model", trace.header.model}, {"source", trace.header.source}, {"operands", trace.has_operands()}};
  if (result.sample) {
    json["trace"]["sample"] = {
        {"rows", result.sample->rows}, {"seed", result.sample->seed}, {"of", result.sample->of}};
  }
  json["totals"] = figures(result.run, result.macs, result.energy, config.machine);
  json["totals"]["seconds"] =
      static_cast<double>(result.run.cycles) / (config.machine.clock.frequency_ghz * 1e9);
  json["totals"]["energy_pj_by_basis"] = energy_by_basis(result.energy, costs);
  json["totals"]["energy_pj_range"] = energy_range(result.energy, costs);
  json["totals"]["energy_from_operands"] =
      switching_json(result.energy, result.run.events[Event::datapath_mac], costs);
  json["totals"]["cycles_by_bottleneck"] = cycles_by_bottleneck(result, config.machine);
  if (result.zero_gating) json["totals"]["zero_gating"] = zero_gating_json(*result.zero_gating);
  Json layers = Json::array();
  for (const OperationResult& operation : result.operations)
    layers.push_back(layer_json(operation, config.machine, costs, detail));
  json["layers"] = layers;
  if (result.chained) json["chain"] = chain_json(result);
  json["energy_table"] = cost_json(costs);
  json["config"] = effective_config(config);
  Json omitted = Json::array();
  for (const std::string_view line : omissions(result.chained)) omitted.push_back(std::string(line));
  json["left_out"] = omitted;
  return json;
}

}  // namespace lnsim
