// From an entry and a machine to one cost.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/run/energy/cost_entry.h"

namespace lnsim {
namespace {

std::nullopt_t uncovered(const CostEntry& entry, std::string got, std::string expected, YamlReport& report) {
  report.add(entry.mark, entry.path, std::move(got), std::move(expected));
  return std::nullopt;
}

std::optional<double> size_of(const CostQuantities& quantities, std::size_t which) {
  const auto found = quantities.sizes.find(kCostSizes[which].name);
  return found == quantities.sizes.end() ? std::nullopt : std::optional(found->second);
}

struct Point {
  double at = 0.0;
  EventCost cost;
};

EventCost between(const Point& low, const Point& high, double at, std::string_view unit) {
  EventCost cost;
  if (low.cost.pj > 0.0) {
    const double share = std::log(at / low.at) / std::log(high.at / low.at);
    cost.pj = low.cost.pj * std::pow(high.cost.pj / low.cost.pj, share);
  }
  cost.basis = std::max({low.cost.basis, high.cost.basis, Basis::derived});
  cost.uncertainty = {std::min(low.cost.uncertainty.low, high.cost.uncertainty.low),
                      std::max(low.cost.uncertainty.high, high.cost.uncertainty.high)};
  const std::string sources =
      low.cost.source == high.cost.source ? low.cost.source : low.cost.source + " | " + high.cost.source;
  cost.source =
      fmt::format("at {} {}, on the log-log line through {} and {}: {}", at, unit, low.at, high.at, sources);
  return cost;
}

std::optional<EventCost> resolve_points(const CostEntry& entry, const CostQuantities& quantities,
                                        const SramTable* sram, YamlReport& report) {
  const CostSize& size = kCostSizes[entry.selector];
  const std::optional<double> found = size_of(quantities, entry.selector);
  if (!found) {
    return uncovered(entry, std::string(size.selector), "a form that this event and machine have a size for",
                     report);
  }
  const double at = *found;
  const std::vector<CostEntry>& points = entry.parts;
  const double lowest = points.front().at / kCostExtrapolation;
  const double highest = points.back().at * kCostExtrapolation;
  if (at < lowest || at > highest) {
    return uncovered(entry, fmt::format("a machine with {} {}", at, size.unit),
                     fmt::format("{} to {}: the points and a factor of {} around them", lowest, highest,
                                 kCostExtrapolation),
                     report);
  }
  std::size_t high = 1;
  while (high + 1 < points.size() && points[high].at < at) ++high;
  for (const CostEntry& point : points) {
    if (point.at == at) return resolve(point, quantities, sram, report);
  }
  const auto below = resolve(points[high - 1], quantities, sram, report);
  const auto above = resolve(points[high], quantities, sram, report);
  if (!below || !above) return std::nullopt;
  if ((below->pj == 0.0) != (above->pj == 0.0)) {
    return uncovered(entry, fmt::format("{} pJ beside {} pJ", below->pj, above->pj),
                     "all points zero or none: a straight line between logarithms joins them", report);
  }
  return between({points[high - 1].at, *below}, {points[high].at, *above}, at, size.unit);
}

std::optional<EventCost> resolve_choice(const CostEntry& entry, const CostQuantities& quantities,
                                        const SramTable* sram, YamlReport& report) {
  const CostChoice& choice = kCostChoices[entry.selector];
  const std::string_view wanted = quantities.choices.at(choice.name);
  for (const CostEntry& part : entry.parts) {
    if (part.value == wanted) return resolve(part, quantities, sram, report);
  }
  return uncovered(entry, fmt::format("no entry for {}", wanted),
                   fmt::format("one, because the machine's {} is {}", choice.name, wanted), report);
}

std::optional<EventCost> resolve_sum(const CostEntry& entry, const CostQuantities& quantities,
                                     const SramTable* sram, YamlReport& report) {
  EventCost sum;
  sum.basis = Basis::measured;
  double low_pj = 0.0;
  double high_pj = 0.0;
  for (const CostEntry& part : entry.parts) {
    const std::optional<EventCost> cost = resolve(part, quantities, sram, report);
    if (!cost) return std::nullopt;
    sum.pj += cost->pj;
    low_pj += cost->pj * cost->uncertainty.low;
    high_pj += cost->pj * cost->uncertainty.high;
    sum.basis = std::max(sum.basis, cost->basis);
    sum.source += fmt::format("{}{:.4g} pJ: {}", sum.source.empty() ? "" : " + ", cost->pj, cost->source);
  }
  if (sum.pj > 0.0) sum.uncertainty = {low_pj / sum.pj, high_pj / sum.pj};
  return sum;
}

std::optional<EventCost> resolve_sram(const CostEntry& entry, const CostQuantities& quantities,
                                      const SramTable* sram, YamlReport& report) {
  if (!quantities.sram)
    return uncovered(entry, "sram", "another form, because this event is not of a memory", report);
  if (entry.quantity != quantities.sram_quantity) {
    return uncovered(entry, std::string(kSramQuantityNames[static_cast<std::size_t>(entry.quantity)]),
                     fmt::format("{}, which is what this event counts",
                                 kSramQuantityNames[static_cast<std::size_t>(quantities.sram_quantity)]),
                     report);
  }
  if (sram == nullptr)
    return uncovered(entry, "no section sram", "one with points, in this table or one it extends", report);
  return sram_cost(*sram, entry.quantity, *quantities.sram, quantities.sizes.at("ns"), entry.mark, entry.path,
                   report);
}

std::optional<EventCost> resolve_form(const CostEntry& entry, const CostQuantities& quantities,
                                      const SramTable* sram, YamlReport& report) {
  switch (entry.kind) {
    case CostEntry::Kind::figure:
      return entry.cost;
    case CostEntry::Kind::choice:
      return resolve_choice(entry, quantities, sram, report);
    case CostEntry::Kind::points:
      return resolve_points(entry, quantities, sram, report);
    case CostEntry::Kind::sum:
      return resolve_sum(entry, quantities, sram, report);
    case CostEntry::Kind::sram:
      return resolve_sram(entry, quantities, sram, report);
  }
  return std::nullopt;
}

}  // namespace

std::optional<EventCost> resolve(const CostEntry& entry, const CostQuantities& quantities,
                                 const SramTable* sram, YamlReport& report) {
  std::optional<EventCost> cost = resolve_form(entry, quantities, sram, report);
  if (!cost) return std::nullopt;
  if (!entry.times.empty()) cost->source = fmt::format("{:.4g} pJ ({})", cost->pj, cost->source);
  for (const std::size_t factor : entry.times) {
    const std::optional<double> size = size_of(quantities, factor);
    if (!size) {
      return uncovered(entry, fmt::format("times {}", kCostSizes[factor].name),
                       "a size that this event and machine have", report);
    }
    cost->pj *= *size;
    cost->source += fmt::format(" x {:.4g} {}", *size, kCostSizes[factor].unit);
  }
  return cost;
}

}  // namespace lnsim
