#include "sim/run/energy/energy_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "sim/base/yaml_reader.h"
#include "sim/run/energy/energy_cost.h"

namespace lnsim {
namespace {

std::uint32_t accumulator_bits(const arith::DatapathParameters& datapath) {
  const bool is_narrow =
      datapath.kind == arith::DatapathKind::lns || datapath.kind == arith::DatapathKind::int8;
  return is_narrow ? datapath.accumulator_bits : 32;
}

std::uint32_t storage_bits(const arith::FormatParameters& format) {
  return arith::make_format(format)->storage_bits();
}

CostQuantities quantities_of(Event event, const AcceleratorParameters& machine) {
  CostQuantities quantities;
  quantities.datapath = arith::kDatapathKindNames[static_cast<std::size_t>(machine.datapath.kind)];
  quantities.optimizer = kOptimizerKindNames[static_cast<std::size_t>(machine.optimizer.kind)];
  switch (event) {
    case Event::global_buffer_read_byte:
    case Event::global_buffer_write_byte:
      quantities.capacity_bytes = std::uint64_t{machine.global_buffer.capacity_kib} * 1024;
      break;
    case Event::buffer_a_read_byte:
    case Event::buffer_a_write_byte:
      quantities.capacity_bytes = machine.pe.buffer_a.capacity_bytes;
      break;
    case Event::buffer_b_read_byte:
    case Event::buffer_b_write_byte:
      quantities.capacity_bytes = machine.pe.buffer_b.capacity_bytes;
      break;
    case Event::datapath_mac:
    case Event::datapath_idle_mac:
      quantities.bits = storage_bits(machine.formats.weight);
      if (machine.datapath.kind == arith::DatapathKind::lns)
        quantities.table_entries = machine.datapath.table_entries;
      break;
    case Event::collector_accumulate:
    case Event::collector_transfer_byte:
      quantities.bits = accumulator_bits(machine.datapath);
      quantities.capacity_bytes = std::uint64_t{machine.pe.collector_entries} * *quantities.bits / 8;
      break;
    case Event::ppu_value:
    case Event::vector_unit_operation:
      quantities.bits = storage_bits(machine.formats.activation);
      break;
    case Event::weight_update_parameter:
      quantities.bits = storage_bits(machine.formats.update);
      break;
    default:
      break;
  }
  return quantities;
}

std::string required_text(YamlMap& map, const YamlMark& mark, std::string_view key) {
  const YamlEntry* entry = map.take(key);
  if (entry == nullptr) {
    map.report().add(mark, map.path_of(key), "nothing", "text");
    return "";
  }
  return read_text(*entry->value, map.path_of(key), map.report()).value_or("");
}

std::string read_conditions(const YamlEntry& entry, YamlReport& report) {
  YamlMap map(*entry.value, "conditions", report);
  if (entry.value->kind != YamlNode::Kind::map) return "";
  const std::string node = required_text(map, entry.mark, "node");
  const std::string voltage = required_text(map, entry.mark, "voltage");
  const std::string temperature = required_text(map, entry.mark, "temperature");
  const std::string includes = required_text(map, entry.mark, "includes");
  map.finish();
  return fmt::format("{}, {}, {}; {}", node, voltage, temperature, includes);
}

void read_events(const YamlEntry& entry, const AcceleratorParameters& machine, EnergyCosts& costs,
                 YamlReport& report) {
  YamlMap map(*entry.value, "events", report);
  if (entry.value->kind != YamlNode::Kind::map) return;
  for (const EventRow& row : kEvents) {
    const YamlEntry* found = map.take(row.name);
    if (found == nullptr) {
      report.add(entry.mark, map.path_of(row.name), "nothing",
                 fmt::format("a cost per {}; zero must be written", row.one));
      continue;
    }
    const std::optional<CostEntry> cost = read_cost_entry(*found->value, map.path_of(row.name), report);
    if (!cost) continue;
    const std::optional<EventCost> resolved = resolve(*cost, quantities_of(row.event, machine), report);
    if (resolved) costs.of[static_cast<std::size_t>(row.event)] = *resolved;
  }
  map.finish();
}

}  // namespace

EnergyCosts read_energy_table(const std::filesystem::path& path, const AcceleratorParameters& machine) {
  const YamlDocument document = read_yaml(path);
  YamlReport report(document);
  YamlMap map(*document.root, "", report);
  EnergyCosts costs;
  costs.table = required_text(map, document.root->mark, "name");
  for (const std::string_view key : {"conditions", "events"}) {
    const YamlEntry* entry = map.take(key);
    if (entry == nullptr) {
      report.add(document.root->mark, std::string(key), "nothing", "a map of keys");
    } else if (key == "conditions") {
      costs.conditions = read_conditions(*entry, report);
    } else {
      read_events(*entry, machine, costs, report);
    }
  }
  map.finish();
  report.throw_if_any();
  return costs;
}

}  // namespace lnsim
