#include "sim/run/energy/energy_table.h"

#include <fmt/format.h>

#include <deque>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

#include "sim/base/yaml_required.h"
#include "sim/run/energy/cost_entry.h"
#include "sim/run/energy/figure.h"
#include "sim/run/energy/technology_scaling.h"

namespace lnsim {
namespace {

// One file of a chain of tables that extend one another.
struct TableFile {
  explicit TableFile(const std::filesystem::path& file_path)
      : path(file_path), document(read_yaml(file_path)), report(document) {}

  std::filesystem::path path;
  YamlDocument document;
  YamlReport report;
  std::string name;
  std::string technology_text;  // node, voltage, temperature
  std::string conditions;       // and what the figures include
  std::optional<Technology> technology;
  YamlMark events_mark;
  std::map<std::string_view, std::optional<CostEntry>> entries;  // by event; nothing: written, but wrong
  std::optional<SramTable> sram;
  SwitchingSection switching;
  std::optional<std::string> extends;
  YamlMark extends_mark;
};

// May be blank.
std::string take_text(YamlMap& map, const YamlMark& mark, std::string_view key) {
  const YamlEntry* entry = required(map, mark, key, "text");
  return entry == nullptr ? "" : read_text(*entry->value, map.path_of(key), map.report()).value_or("");
}

std::optional<Technology> read_technology(const YamlEntry& entry, const std::string& path,
                                          YamlReport& report) {
  YamlMap map(*entry.value, path, report);
  if (entry.value->kind != YamlNode::Kind::map) return std::nullopt;
  const YamlEntry* node = required(map, entry.mark, "node", "a node that can be scaled");
  const YamlEntry* voltage = required(map, entry.mark, "voltage_v", "a number, in V");
  map.finish();
  if (node == nullptr || voltage == nullptr) return std::nullopt;
  const auto names = node_names();
  const auto chosen = read_choice(*node->value, map.path_of("node"), names, report);
  const auto volts = read_real(*voltage->value, map.path_of("voltage_v"), kScalableVoltages, "V", report);
  if (!chosen || !volts) return std::nullopt;
  return Technology{std::string(names[*chosen]), *volts};
}

void read_conditions(const YamlEntry& entry, TableFile& file) {
  YamlMap map(*entry.value, "conditions", file.report);
  if (entry.value->kind != YamlNode::Kind::map) return;
  const std::string node = take_text(map, entry.mark, "node");
  const std::string voltage = take_text(map, entry.mark, "voltage");
  const std::string temperature = take_text(map, entry.mark, "temperature");
  const std::string includes = take_text(map, entry.mark, "includes");
  if (const YamlEntry* from = map.take("scale_from"))
    file.technology = read_technology(*from, map.path_of("scale_from"), file.report);
  map.finish();
  file.technology_text = fmt::format("{}, {}, {}", node, voltage, temperature);
  file.conditions = fmt::format("{}; {}", file.technology_text, includes);
}

void read_events(const YamlEntry& entry, TableFile& file) {
  YamlMap map(*entry.value, "events", file.report);
  file.events_mark = entry.mark;
  if (entry.value->kind != YamlNode::Kind::map) return;
  for (const EventRow& row : kEvents) {
    const YamlEntry* found = map.take(row.name);
    if (found == nullptr) continue;
    file.entries[row.name] = read_cost_entry(*found->value, map.path_of(row.name), file.report);
  }
  map.finish();
}

void read_file(TableFile& file) {
  const YamlNode& root = *file.document.root;
  YamlMap map(root, "", file.report);
  file.name = take_text(map, root.mark, "name");
  if (const YamlEntry* conditions = required(map, root.mark, "conditions", "a map of keys"))
    read_conditions(*conditions, file);
  if (const YamlEntry* extends = map.take("extends")) {
    file.extends = read_text(*extends->value, "extends", file.report);
    file.extends_mark = extends->value->mark;
  }
  if (const YamlEntry* sram = map.take("sram"))
    file.sram = read_sram_table(*sram->value, "sram", file.report);
  if (const YamlEntry* switching = map.take("switching"))
    file.switching = read_switching_section(*switching->value, "switching", file.report);
  if (const YamlEntry* events = required(map, root.mark, "events", "a map of keys"))
    read_events(*events, file);
  for (const std::string_view key : {"datapaths", "characterisation"})
    map.take(key);  // for comparisons, and how the figures were made
  map.finish();
}

// The table, the one it extends, and so on.
std::deque<TableFile> read_chain(const std::filesystem::path& path) {
  std::deque<TableFile> chain;
  std::filesystem::path next = path;
  while (true) {
    TableFile& file = chain.emplace_back(next);
    read_file(file);
    if (!file.extends) return chain;
    next = file.path.parent_path() / *file.extends;
    std::error_code error;
    if (!std::filesystem::is_regular_file(next, error)) {
      file.report.add(file.extends_mark, "extends", *file.extends,
                      "the path of a table, relative to this one");
      return chain;
    }
    for (const TableFile& earlier : chain) {
      if (!std::filesystem::equivalent(earlier.path, next, error)) continue;
      file.report.add(file.extends_mark, "extends", *file.extends,
                      "a table that does not itself extend this one");
      return chain;
    }
  }
}

const SramTable* sram_of(const std::deque<TableFile>& chain) {
  for (const TableFile& file : chain) {
    if (file.sram) return &*file.sram;
  }
  return nullptr;
}

// The first file of the chain that has models of the datapath's kind decides.
std::optional<SwitchingModel> switching_of(const std::deque<TableFile>& chain,
                                           const AcceleratorParameters& machine) {
  for (const TableFile& file : chain) {
    const auto& models = file.switching[static_cast<std::size_t>(machine.datapath.kind)];
    if (models) return model_of(*models, machine);
  }
  return std::nullopt;
}

bool is_whole(const YamlNode& root) {
  for (const YamlEntry& entry : root.entries) {
    if (entry.key == "events") return entry.value->kind == YamlNode::Kind::map;
  }
  return false;
}

// The first file of the chain that has the event decides; `reports` are those of the files.
void resolve_event(const EventRow& row, const AcceleratorParameters& machine,
                   const std::deque<TableFile>& chain, std::vector<YamlReport>& reports, EnergyCosts& costs) {
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const auto found = chain[i].entries.find(row.name);
    if (found == chain[i].entries.end()) continue;
    if (!found->second) return;
    const auto cost = resolve(*found->second, quantities_of(row.event, machine), sram_of(chain), reports[i]);
    if (cost) costs.of[static_cast<std::size_t>(row.event)] = *cost;
    return;
  }
  if (!is_whole(*chain.front().document.root)) return;  // said already
  reports.front().add(chain.front().events_mark, fmt::format("events.{}", row.name), "nothing",
                      fmt::format("a cost per {}; zero must be written", row.one));
}

// Name and conditions, those of the extended tables behind them; a technology only where all agree on one.
void describe(const std::deque<TableFile>& chain, EnergyCosts& costs) {
  costs.table = chain.front().name;
  costs.conditions = chain.front().conditions;
  costs.technology = chain.front().technology;
  for (std::size_t i = 1; i < chain.size(); ++i) {
    const TableFile& file = chain[i];
    costs.extended.push_back(file.path);
    costs.conditions += fmt::format(". Other entries from \"{}\", {}", file.name, file.technology_text);
    if (costs.technology != file.technology) costs.technology.reset();
  }
}

}  // namespace

struct EnergyTable::Files {
  std::deque<TableFile> chain;
};

EnergyTable::EnergyTable(const std::filesystem::path& path)
    : files_(std::make_shared<const Files>(Files{read_chain(path)})) {}

EnergyCosts EnergyTable::costs_of(const AcceleratorParameters& machine) const {
  const std::deque<TableFile>& chain = files_->chain;
  std::vector<YamlReport> reports;
  for (const TableFile& file : chain) reports.push_back(file.report);
  EnergyCosts costs;
  describe(chain, costs);
  for (const EventRow& row : kEvents) resolve_event(row, machine, chain, reports, costs);
  costs.switching = switching_of(chain, machine);
  std::vector<Diagnostic> mistakes;
  for (const YamlReport& report : reports) {
    const std::vector<Diagnostic> found = report.sorted();
    mistakes.insert(mistakes.end(), found.begin(), found.end());
  }
  if (!mistakes.empty()) throw UserError(std::move(mistakes));
  return costs;
}

std::vector<std::filesystem::path> EnergyTable::paths() const {
  std::vector<std::filesystem::path> paths;
  for (const TableFile& file : files_->chain) paths.push_back(file.path);
  return paths;
}

EnergyCosts read_energy_table(const std::filesystem::path& path, const AcceleratorParameters& machine) {
  return EnergyTable(path).costs_of(machine);
}

}  // namespace lnsim
