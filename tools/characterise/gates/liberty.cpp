#include "tools/characterise/gates/liberty.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/characterise/gates/liberty_cell.h"

namespace lnsim::gates {
namespace {

double required(const LibertyFile& file, const LibertyValues& values, std::string_view name) {
  const LibertyAttribute* attribute = file.library().find(name);
  if (attribute == nullptr) values.fail(file.library().line, std::string(name), "nothing", "a number");
  return values.number(*attribute);
}

// The header of one file, checked against what stood in those before it.
void read_header(const LibertyFile& file, const LibertyValues& values, Library& library) {
  const LibertyGroup& group = file.library();
  const double voltage = required(file, values, "nom_voltage") * values.volt_per_unit();
  const double temperature = required(file, values, "nom_temperature");
  const double process = values.number_or(group, "nom_process", 1);
  const auto same = [&](std::string_view name, double here, double before) {
    if (!library.names.empty() && here != before)
      values.fail(group.line, std::string(name), fmt::format("{}", here),
                  fmt::format("{}, as in the files before", before));
  };
  same("nom_voltage", voltage, library.voltage);
  same("nom_temperature", temperature, library.temperature_c);
  same("nom_process", process, library.process);
  library.names.emplace_back(group.arguments.empty() ? "" : group.arguments.front());
  library.voltage = voltage;
  library.temperature_c = temperature;
  library.process = process;
  library.operating_conditions = values.text_or(group, "default_operating_conditions", "");
  library.default_leakage_nw =
      values.number_or(group, "default_cell_leakage_power", 0) * values.nw_per_unit();
}

}  // namespace

Library read_liberty(std::span<const std::filesystem::path> files) {
  Library library;
  for (const std::filesystem::path& path : files) {
    const LibertyFile file(path);
    const LibertyValues values(file);
    read_header(file, values, library);
    const auto templates = read_templates(file, values);
    for (const LibertyGroup& group : file.library().groups) {
      if (group.name != "cell") continue;
      Cell cell = read_cell(file, group, values, templates);
      const auto [at, added] = library.cells.try_emplace(cell.name, std::move(cell));
      if (!added)
        values.fail(group.line, "cell", at->first,
                    fmt::format("no cell twice; it stands in {}:{} too", at->second.position.file,
                                at->second.position.line));
    }
  }
  return library;
}

bool TimingArc::admits(bool related_rises, bool rises) const {
  if (type == "rising_edge") return related_rises;
  if (sense == "positive_unate") return related_rises == rises;
  if (sense == "negative_unate") return related_rises != rises;
  return true;
}

bool TimingArc::relates(const std::string& pin) const {
  return std::find(related_pins.begin(), related_pins.end(), pin) != related_pins.end();
}

const Pin* Cell::find_pin(const std::string& pin) const {
  for (const Pin& candidate : pins) {
    if (candidate.name == pin) return &candidate;
  }
  return nullptr;
}

}  // namespace lnsim::gates
