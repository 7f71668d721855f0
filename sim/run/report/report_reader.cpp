#include "sim/run/report/report_reader.h"

#include <algorithm>
#include <cmath>

#include "sim/base/errors.h"
#include "sim/base/value_range.h"
#include "sim/base/yaml_reader.h"
#include "sim/run/report/document_check.h"

namespace lnsim {
namespace {

using Json = nlohmann::ordered_json;

// Every event by its name; the document's own list may be of another version.
void check_events(const Json& report, const std::string& file) {
  std::vector<JsonRule> rules;
  for (const std::string part : {"totals", "layers/[]"}) {
    for (const EventRow& row : kEvents) {
      rules.push_back({part + "/events/" + std::string(row.name)});
      rules.push_back({part + "/energy_pj_by_event/" + std::string(row.name)});
    }
  }
  std::vector<Diagnostic> mistakes = broken_rules(report, rules, file);
  if (!mistakes.empty()) throw UserError(std::move(mistakes));
}

// An effective config; JSON is YAML.
RunConfig config_of(const Json& config, const std::string& file) {
  const YamlDocument document = parse_yaml(file + ": config", config.dump());
  YamlReport report(document);
  RunConfig read;
  read_parameters(document, read, report);
  report.throw_if_any();
  return read;
}

std::int64_t quanta_of(const Json& pj) {
  return std::llround(pj.get<double>() * kEnergyQuantaPerPj);
}

RunResult run_of(const Json& figures) {
  RunResult run;
  run.cycles = figures.at("cycles").get<std::uint64_t>();
  for (std::size_t i = 0; i < kCauseCount; ++i)
    run.cycles_by_cause[i] = figures.at("cycles_by_cause").value(std::string(kCauseNames[i]), 0ULL);
  for (const EventRow& row : kEvents)
    run.events[row.event] = figures.at("events").at(std::string(row.name)).get<std::uint64_t>();
  return run;
}

Energy energy_of_figures(const Json& figures) {
  Energy energy;
  for (const EventRow& row : kEvents) {
    energy.quanta[static_cast<std::size_t>(row.event)] =
        quanta_of(figures.at("energy_pj_by_event").at(std::string(row.name)));
  }
  return energy;
}

Pass pass_of(const std::string& name, const std::string& file, std::size_t layer) {
  const auto found = std::find(kPassNames.begin(), kPassNames.end(), name);
  if (found == kPassNames.end()) {
    throw UserError(Diagnostic{
        {file}, "layers[" + std::to_string(layer) + "].pass", name, range_text(ChoiceNames(kPassNames))});
  }
  return static_cast<Pass>(found - kPassNames.begin());
}

// What a component takes stands at the first of its events.
Energy energy_by_components(const Json& components) {
  Energy energy;
  for (const auto& component : components.items()) {
    const auto first = std::find_if(kEvents.begin(), kEvents.end(),
                                    [&](const EventRow& row) { return row.component == component.key(); });
    if (first == kEvents.end()) continue;
    energy.quanta[static_cast<std::size_t>(first->event)] = quanta_of(component.value());
  }
  return energy;
}

}  // namespace

ReadRun read_run(const Json& report, const std::string& file) {
  check_events(report, file);
  ReadRun read{{}, config_of(report.at("config"), file).machine};
  const Json& layers = report.at("layers");
  for (std::size_t i = 0; i < layers.size(); ++i) {
    OperationResult operation;
    operation.layer = layers[i].at("layer").get<std::string>();
    operation.pass = pass_of(layers[i].at("pass").get<std::string>(), file, i);
    operation.run = run_of(layers[i]);
    operation.energy = energy_of_figures(layers[i]);
    read.result.operations.push_back(std::move(operation));
  }
  read.result.run = run_of(report.at("totals"));
  read.result.energy = energy_of_figures(report.at("totals"));
  return read;
}

std::vector<ComparedMachine> read_view(const Json& comparison, const std::string& view,
                                       const std::string& file) {
  std::vector<ComparedMachine> machines;
  for (const Json& json : comparison.at("views").at(view)) {
    ComparedMachine machine;
    machine.config = config_of(json.at("config"), file);
    machine.costs.table = comparison.at("energy_table").at("name").get<std::string>();
    machine.result.energy = energy_by_components(json.at("energy_pj_by_component"));
    machines.push_back(std::move(machine));
  }
  return machines;
}

}  // namespace lnsim
