#include "sim/run/paper/published.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/base/yaml_reader.h"
#include "sim/base/yaml_required.h"
#include "sim/run/workload/workload.h"

namespace lnsim {
namespace {

using arith::DatapathKind;
using arith::kDatapathKindNames;

constexpr RealRange kRatioRange{0.001, 1e6};
constexpr RealRange kSavedRange{0.0, 99.9999};

template <class Enum>
Enum choice(YamlMap& map, const YamlMark& mark, std::string_view key, ChoiceNames names) {
  return static_cast<Enum>(required_choice(map, mark, key, names).value_or(0));
}

Provenance read_provenance(YamlMap& map, const YamlMark& mark) {
  Provenance from;
  from.source = required_text(map, mark, "source");
  from.confidence = choice<Confidence>(map, mark, "confidence", kConfidenceNames);
  return from;
}

std::optional<PrintedNumber> read_printed(const YamlNode& node, const std::string& path, YamlReport& report) {
  const std::optional<PrintedNumber> number =
      node.kind == YamlNode::Kind::scalar && !node.quoted ? printed_number(node.text) : std::nullopt;
  if (!number || number->value <= 0.0) {
    report.add(node.mark, path, shown(node),
               "a number above 0 as it was printed, in digits with at most one point");
    return std::nullopt;
  }
  return number;
}

std::vector<std::string> read_workloads(const YamlEntry& entry, const std::string& path, YamlReport& report) {
  std::vector<std::string> names;
  std::vector<std::string_view> known;
  for (const WorkloadModel& model : workload_models()) known.push_back(model.name);
  const bool is_list = entry.value->kind == YamlNode::Kind::list;
  if (!is_list || entry.value->items.empty()) {
    report.add(entry.value->mark, path, is_list ? "no workload" : shown(*entry.value), "a list of workloads");
    return names;
  }
  for (std::size_t i = 0; i < entry.value->items.size(); ++i) {
    const auto found = read_choice(*entry.value->items[i], fmt::format("{}[{}]", path, i), known, report);
    if (found) names.emplace_back(known[*found]);
  }
  return names;
}

std::map<DatapathKind, PrintedNumber> read_energies(const YamlEntry& entry, const std::string& path,
                                                    YamlReport& report) {
  YamlMap map(*entry.value, path, report);
  std::map<DatapathKind, PrintedNumber> energies;
  if (entry.value->kind != YamlNode::Kind::map) return energies;
  for (std::size_t i = 0; i < kDatapathKindNames.size(); ++i) {
    const YamlEntry* figure = map.take(kDatapathKindNames[i]);
    if (figure == nullptr) continue;
    const auto number = read_printed(*figure->value, map.path_of(kDatapathKindNames[i]), report);
    if (number) energies[static_cast<DatapathKind>(i)] = *number;
  }
  map.finish();
  if (energies.count(DatapathKind::lns) == 0 && !report.mentions(map.path_of("lns")))
    report.add(entry.mark, map.path_of("lns"), "nothing", "the energy of LNS, which ratios are to");
  return energies;
}

PublishedIteration read_iteration(const YamlNode& node, const std::string& path, YamlReport& report) {
  YamlMap map(node, path, report);
  PublishedIteration row;
  if (node.kind != YamlNode::Kind::map) return row;
  row.name = required_text(map, node.mark, "name");
  row.use = choice<RowUse>(map, node.mark, "use", kRowUseNames);
  if (const YamlEntry* entry = required(map, node.mark, "workloads", "a list of workloads"))
    row.workloads = read_workloads(*entry, map.path_of("workloads"), report);
  if (const YamlEntry* entry = required(map, node.mark, "energy_mj", "a map from datapaths to energies (mJ)"))
    row.energy_mj = read_energies(*entry, map.path_of("energy_mj"), report);
  row.from = read_provenance(map, node.mark);
  map.finish();
  return row;
}

// `ratio`, or `saved_percent` instead of it.
double read_ratio(YamlMap& map, const YamlMark& mark) {
  YamlReport& report = map.report();
  const YamlEntry* ratio = map.take("ratio");
  const YamlEntry* saved = map.take("saved_percent");
  if ((ratio == nullptr) == (saved == nullptr)) {
    report.add(mark, map.path_of("ratio"), ratio == nullptr ? "nothing" : "ratio beside saved_percent",
               "one of ratio and saved_percent");
    return 1.0;
  }
  if (ratio != nullptr)
    return read_real(*ratio->value, map.path_of("ratio"), kRatioRange, "", report).value_or(1.0);
  const double percent =
      read_real(*saved->value, map.path_of("saved_percent"), kSavedRange, "%", report).value_or(0.0);
  return 1.0 / (1.0 - percent / 100.0);
}

PublishedClaim read_claim(const YamlNode& node, const std::string& path, YamlReport& report) {
  YamlMap map(node, path, report);
  PublishedClaim claim;
  if (node.kind != YamlNode::Kind::map) return claim;
  claim.name = required_text(map, node.mark, "name");
  claim.over = choice<DatapathKind>(map, node.mark, "over", kDatapathKindNames);
  claim.ratio = read_ratio(map, node.mark);
  claim.sense = choice<Sense>(map, node.mark, "sense", kSenseNames);
  claim.counts = choice<EnergyLevel>(map, node.mark, "counts", kCountedLevelNames);
  claim.text = required_text(map, node.mark, "text");
  claim.from = read_provenance(map, node.mark);
  map.finish();
  return claim;
}

// What stands under a key of the file, each item by `read`.
template <class Item>
std::vector<Item> read_list(YamlMap& map, const YamlMark& mark, std::string_view key,
                            Item (*read)(const YamlNode&, const std::string&, YamlReport&)) {
  std::vector<Item> items;
  const YamlEntry* entry = required(map, mark, key, "a list of maps");
  if (entry == nullptr) return items;
  if (entry->value->kind != YamlNode::Kind::list || entry->value->items.empty()) {
    map.report().add(entry->value->mark, map.path_of(key), shown(*entry->value), "a list of maps");
    return items;
  }
  for (std::size_t i = 0; i < entry->value->items.size(); ++i)
    items.push_back(read(*entry->value->items[i], fmt::format("{}[{}]", key, i), map.report()));
  return items;
}

void read_conversion(const YamlEntry& entry, Published& published, YamlReport& report) {
  YamlMap map(*entry.value, "conversion", report);
  if (entry.value->kind != YamlNode::Kind::map) return;
  if (const YamlEntry* figures =
          required(map, entry.mark, "energy_fj_per_op", "a map from table entries to fJ")) {
    YamlMap by_entries(*figures->value, map.path_of("energy_fj_per_op"), report);
    for (unsigned entries = 1; entries <= 2048; entries *= 2) {
      const YamlEntry* figure = by_entries.take(fmt::format("{}", entries));
      if (figure == nullptr) continue;
      const auto number =
          read_printed(*figure->value, by_entries.path_of(fmt::format("{}", entries)), report);
      if (number) published.conversion_fj_per_op[entries] = *number;
    }
    by_entries.finish();
    if (published.conversion_fj_per_op.empty() && !report.mentions("conversion"))
      report.add(figures->mark, by_entries.path(), "no figure", "a figure for 1, 2, 4, ... entries");
  }
  published.conversion_from = read_provenance(map, entry.mark);
  map.finish();
}

void read_carbon_claim(const YamlEntry& entry, Published& published, YamlReport& report) {
  YamlMap map(*entry.value, "carbon", report);
  if (entry.value->kind != YamlNode::Kind::map) return;
  published.carbon_network = required_text(map, entry.mark, "network");
  published.carbon_saved_percent =
      required_real(map, entry.mark, "saved_percent", kSavedRange, "%").value_or(0.0);
  published.carbon_from = read_provenance(map, entry.mark);
  map.finish();
}

// Once the rows are known to be good.
void check_carbon_network(const Published& published, const YamlNode& root, YamlReport& report) {
  const bool is_known = std::any_of(
      published.iterations.begin(), published.iterations.end(), [&](const PublishedIteration& row) {
        return row.name == published.carbon_network && row.energy_mj.count(DatapathKind::fp32) != 0;
      });
  if (is_known) return;
  report.add(mark_of(root, "carbon.network"), "carbon.network", published.carbon_network,
             "the name of a row of iterations with an energy of fp32");
}

}  // namespace

Published read_published(const std::filesystem::path& path) {
  const YamlDocument document = read_yaml(path);
  const YamlMark mark = document.root->mark;
  YamlReport report(document);
  YamlMap map(*document.root, "", report);
  Published published;
  published.name = required_text(map, mark, "name");
  published.iterations = read_list(map, mark, "iterations", read_iteration);
  published.claims = read_list(map, mark, "claims", read_claim);
  if (const YamlEntry* entry = required(map, mark, "conversion", "a map of keys"))
    read_conversion(*entry, published, report);
  if (const YamlEntry* entry = required(map, mark, "carbon", "a map of keys"))
    read_carbon_claim(*entry, published, report);
  map.finish();
  report.throw_if_any();
  check_carbon_network(published, *document.root, report);
  report.throw_if_any();
  return published;
}

CarbonInputs read_carbon(const std::filesystem::path& path) {
  const YamlDocument document = read_yaml(path);
  YamlReport report(document);
  YamlMap map(*document.root, "", report);
  CarbonInputs inputs;
  for (const CarbonInput& input : kCarbonInputs) {
    const YamlEntry* entry =
        required(map, document.root->mark, input.key, "a map of value, source and confidence");
    if (entry == nullptr) continue;
    YamlMap figure(*entry->value, std::string(input.key), report);
    if (entry->value->kind != YamlNode::Kind::map) continue;
    SourcedNumber& number = inputs.*input.member;
    number.value =
        required_real(figure, entry->mark, "value", {input.lowest, input.highest}, input.unit).value_or(0.0);
    number.from = read_provenance(figure, entry->mark);
    figure.finish();
  }
  map.finish();
  report.throw_if_any();
  return inputs;
}

}  // namespace lnsim
