#include "sim/run/energy/figure.h"

#include <fmt/format.h>

#include <span>

#include "sim/base/yaml_required.h"

namespace lnsim {
namespace {

constexpr RealRange kCostRange{0.0, 1e9};
constexpr RealRange kLowRange{0.001, 1.0};
constexpr RealRange kHighRange{1.0, 1000.0};

std::optional<Uncertainty> read_uncertainty(const YamlNode& node, const std::string& path,
                                            YamlReport& report) {
  if (node.kind != YamlNode::Kind::list || node.items.size() != 2) {
    report.add(node.mark, path, shown(node),
               "[low, high]: the true figure lies between low and high times the one given");
    return std::nullopt;
  }
  const auto low = read_real(*node.items[0], path + "[0]", kLowRange, "times the figure", report);
  const auto high = read_real(*node.items[1], path + "[1]", kHighRange, "times the figure", report);
  return low && high ? std::optional(Uncertainty{*low, *high}) : std::nullopt;
}

}  // namespace

std::optional<std::string> read_source(YamlMap& map, const YamlMark& mark) {
  constexpr std::string_view kExpected = "where the number is from";
  const YamlEntry* entry = required(map, mark, "source", kExpected);
  if (entry == nullptr) return std::nullopt;
  const auto text = read_text(*entry->value, map.path_of("source"), map.report());
  if (!text || text->find_first_not_of(' ') != std::string::npos) return text;
  map.report().add(entry->value->mark, map.path_of("source"), "no text", std::string(kExpected));
  return std::nullopt;
}

std::optional<EventCost> read_provenance(YamlMap& map, const YamlMark& mark) {
  const ChoiceNames bases = std::span(kBasisNames).first(kWrittenBases);
  EventCost cost;
  const std::optional<std::string> source = read_source(map, mark);
  bool good = source.has_value();
  cost.source = source.value_or("");
  const YamlEntry* basis = required(map, mark, "basis", fmt::format("one of {}", fmt::join(bases, ", ")));
  const auto chosen =
      basis == nullptr ? std::nullopt : read_choice(*basis->value, map.path_of("basis"), bases, map.report());
  good = good && chosen;
  if (chosen) cost.basis = static_cast<Basis>(*chosen);
  if (const YamlEntry* band = map.take("uncertainty")) {
    const auto read = read_uncertainty(*band->value, map.path_of("uncertainty"), map.report());
    good = good && read;
    cost.uncertainty = read.value_or(Uncertainty{});
  }
  return good ? std::optional(cost) : std::nullopt;
}

std::optional<EventCost> read_figure(YamlMap& map, const YamlMark& mark) {
  const YamlEntry* entry = required(map, mark, "pj", "the energy of one count, in pJ; zero must be written");
  const auto pj = entry == nullptr
                      ? std::nullopt
                      : read_real(*entry->value, map.path_of("pj"), kCostRange, "pJ", map.report());
  std::optional<EventCost> cost = read_provenance(map, mark);
  if (!pj || !cost) return std::nullopt;
  cost->pj = *pj;
  return cost;
}

}  // namespace lnsim
