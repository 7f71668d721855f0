#include "sim/run/compare/characterised.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "sim/base/value_range.h"
#include "sim/base/yaml_reader.h"
#include "sim/base/yaml_required.h"
#include "sim/run/energy/product_octaves.h"

namespace lnsim {
namespace {

constexpr RealRange kFigureRange{0.0, 1e9};

std::string read_conditions(const YamlEntry& entry, YamlReport& report) {
  YamlMap map(*entry.value, "conditions", report);
  if (entry.value->kind != YamlNode::Kind::map) return "";
  std::string text;
  for (const std::string_view key : {"node", "voltage", "temperature", "includes"}) {
    if (!text.empty()) text += key == "includes" ? "; " : ", ";
    text += required_text(map, entry.mark, key);
  }
  map.finish();
  return text;
}

CharacterisedBlock read_block(const YamlEntry& entry, const std::string& path, YamlReport& report) {
  YamlMap map(*entry.value, path, report);
  CharacterisedBlock block{entry.key, 0.0, 0.0};
  if (entry.value->kind != YamlNode::Kind::map) return block;
  block.fj_per_mac = required_real(map, entry.mark, "fj_per_mac", kFigureRange, "fJ").value_or(0.0);
  block.um2_per_multiplier =
      required_real(map, entry.mark, "um2_per_multiplier", kFigureRange, "um2").value_or(0.0);
  map.finish();
  return block;
}

// The table's entries are asked for only when it is known what they belong to.
void read_kind(YamlMap& map, const YamlMark& mark, CharacterisedDatapath& datapath) {
  const auto known = required_choice(map, mark, "datapath", arith::kDatapathKindNames);
  if (!known) {
    map.take("table_entries");
    map.take("product_octaves");
    return;
  }
  datapath.kind = static_cast<arith::DatapathKind>(*known);
  if (datapath.kind != arith::DatapathKind::lns) {
    map.exclude("table_entries", "datapath: lns");
    map.exclude("product_octaves", "datapath: lns");
    return;
  }
  datapath.product_octaves = read_product_octaves(map);
  constexpr IntegerRange kEntries{1, 2048, true};
  const YamlEntry* entries = required(map, mark, "table_entries", range_text(kEntries, ""));
  if (entries == nullptr) return;
  const auto value = read_integer(*entries->value, map.path_of("table_entries"), kEntries, "", map.report());
  datapath.table_entries = static_cast<unsigned>(value.value_or(1));
}

CharacterisedDatapath read_datapath(const YamlNode& node, const std::string& path, YamlReport& report) {
  YamlMap map(node, path, report);
  CharacterisedDatapath datapath;
  if (node.kind != YamlNode::Kind::map) return datapath;
  read_kind(map, node.mark, datapath);
  datapath.source = required_text(map, node.mark, "source");
  if (const YamlEntry* blocks = required(map, node.mark, "blocks", "a map of blocks")) {
    const bool is_map = blocks->value->kind == YamlNode::Kind::map;
    if (!is_map || blocks->value->entries.empty()) {
      report.add(blocks->mark, map.path_of("blocks"), is_map ? "no block" : shown(*blocks->value),
                 "a map of one or more blocks");
    }
    for (const YamlEntry& block : blocks->value->entries) {
      datapath.blocks.push_back(read_block(block, child_path(map.path_of("blocks"), block.key), report));
    }
  }
  map.finish();
  return datapath;
}

std::vector<CharacterisedDatapath> read_datapaths(const YamlEntry& entry, YamlReport& report) {
  std::vector<CharacterisedDatapath> all;
  if (entry.value->kind != YamlNode::Kind::list) {
    report.add(entry.value->mark, "datapaths", shown(*entry.value), "a list of datapaths");
    return all;
  }
  for (std::size_t i = 0; i < entry.value->items.size(); ++i) {
    const YamlNode& node = *entry.value->items[i];
    const std::string path = fmt::format("datapaths[{}]", i);
    CharacterisedDatapath datapath = read_datapath(node, path, report);
    const bool is_twice = std::any_of(all.begin(), all.end(), [&](const CharacterisedDatapath& other) {
      return other.kind == datapath.kind && other.table_entries == datapath.table_entries &&
             may_be_the_same_octaves(other.product_octaves, datapath.product_octaves);
    });
    if (is_twice && !report.mentions(path + ".datapath") && !report.mentions(path + ".table_entries"))
      report.add(node.mark, path, "a datapath given twice", "each once");
    all.push_back(std::move(datapath));
  }
  return all;
}

double sum(const std::vector<CharacterisedBlock>& blocks, double CharacterisedBlock::*figure) {
  return std::accumulate(
      blocks.begin(), blocks.end(), 0.0,
      [&](double before, const CharacterisedBlock& block) { return before + block.*figure; });
}

}  // namespace

double CharacterisedDatapath::fj_per_mac() const {
  return sum(blocks, &CharacterisedBlock::fj_per_mac);
}

double CharacterisedDatapath::um2_per_multiplier() const {
  return sum(blocks, &CharacterisedBlock::um2_per_multiplier);
}

const CharacterisedDatapath* Characterisation::find(arith::DatapathKind kind, unsigned table_entries,
                                                    std::optional<double> product_octaves) const {
  for (const CharacterisedDatapath& datapath : datapaths) {
    if (datapath.kind == kind && datapath.table_entries.value_or(table_entries) == table_entries &&
        may_be_the_same_octaves(datapath.product_octaves, product_octaves))
      return &datapath;
  }
  return nullptr;
}

std::optional<double> lanes_um2(const AcceleratorParameters& machine, const Characterisation& from) {
  const CharacterisedDatapath* figures =
      from.find(machine.datapath.kind, machine.datapath.table_entries, product_octaves(machine));
  if (figures == nullptr || !(figures->um2_per_multiplier() > 0.0)) return std::nullopt;
  return static_cast<double>(machine.pe.count) * machine.pe.lanes * machine.pe.vector_size *
         figures->um2_per_multiplier();
}

Characterisation read_characterisation(const std::filesystem::path& path) {
  const YamlDocument document = read_yaml(path);
  YamlReport report(document);
  YamlMap map(*document.root, "", report);
  Characterisation all;
  all.name = required_text(map, document.root->mark, "name");
  if (const YamlEntry* entry = required(map, document.root->mark, "conditions", "a map of keys"))
    all.conditions = read_conditions(*entry, report);
  if (const YamlEntry* entry = required(map, document.root->mark, "datapaths", "a list of datapaths"))
    all.datapaths = read_datapaths(*entry, report);
  for (const std::string_view key : {"extends", "events", "switching", "characterisation"})
    map.take(key);  // of the energy table that it also is, and how all of it was made
  map.finish();
  report.throw_if_any();
  return all;
}

}  // namespace lnsim
