#include "sim/run/energy/sram.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/base/yaml_required.h"
#include "sim/run/energy/figure.h"

namespace lnsim {
namespace {

constexpr std::array<std::string_view, kSramQuantityNames.size()> kFigureKeys{"read_pj", "write_pj",
                                                                              "leakage_mw"};
constexpr std::array<std::string_view, kSramQuantityNames.size()> kFigureUnits{"pJ", "pJ", "mW"};
constexpr RealRange kFigureRange{1e-9, 1e9};
constexpr RealRange kCapacityRange{1.0, 1e12};
constexpr RealRange kWidthRange{1.0, 1e6};
constexpr RealRange kPortRange{0.0, 10.0};

double read_size(YamlMap& map, const YamlMark& mark, std::string_view key, const RealRange& range,
                 std::string_view unit, bool& good) {
  const YamlEntry* entry = required(map, mark, key, fmt::format("a number, in {}", unit));
  const auto value =
      entry == nullptr ? std::nullopt : read_real(*entry->value, map.path_of(key), range, unit, map.report());
  good = good && value;
  return value.value_or(range.lowest);
}

bool read_point(const YamlNode& node, const std::string& path, SramTable& table, YamlReport& report) {
  YamlMap map(node, path, report);
  if (node.kind != YamlNode::Kind::map) return false;
  bool good = true;
  SramPoint point;
  point.capacity_bytes = read_size(map, node.mark, "capacity_bytes", kCapacityRange, "B", good);
  point.width_bits = read_size(map, node.mark, "width_bits", kWidthRange, "bit", good);
  for (std::size_t i = 0; i < kFigureKeys.size(); ++i) {
    const YamlEntry* entry = map.take(kFigureKeys[i]);
    if (entry == nullptr) continue;
    point.of[i] =
        read_real(*entry->value, map.path_of(kFigureKeys[i]), kFigureRange, kFigureUnits[i], report);
    good = good && point.of[i];
  }
  map.finish();
  table.points.push_back(point);
  return good;
}

bool read_ports(const YamlEntry& entry, const std::string& path, SramTable& table, YamlReport& report) {
  YamlMap map(*entry.value, path, report);
  if (entry.value->kind != YamlNode::Kind::map) return false;
  bool good = true;
  table.port_energy = read_size(map, entry.mark, "energy", kPortRange, "shares", good);
  table.port_leakage = read_size(map, entry.mark, "leakage", kPortRange, "shares", good);
  const auto source = read_source(map, entry.mark);
  table.port_source = source.value_or("");
  map.finish();
  return good && source;
}

// The side of the box that the points span, and the memory's place on it.
struct Side {
  double lowest, highest;

  bool covers(double at) const { return at >= lowest && at <= highest; }
  bool reaches(double at) const {
    return at >= lowest / kCostExtrapolation && at <= highest * kCostExtrapolation;
  }
};

Side side_of(const std::vector<SramPoint>& points, double SramPoint::*size) {
  const auto [low, high] =
      std::minmax_element(points.begin(), points.end(),
                          [size](const SramPoint& a, const SramPoint& b) { return a.*size < b.*size; });
  return {(*low).*size, (*high).*size};
}

// Whole per cents, and no negative zero.
double percent_off(double ratio) {
  return std::round(100.0 * (ratio - 1.0)) + 0.0;
}

std::vector<SramPoint> points_with(const SramTable& table, SramQuantity quantity) {
  std::vector<SramPoint> points;
  for (const SramPoint& point : table.points) {
    if (point.of[static_cast<std::size_t>(quantity)]) points.push_back(point);
  }
  return points;
}

}  // namespace

double SramFit::at(double capacity_bytes, double width_bits) const {
  return std::exp(log_scale + capacity_exponent * std::log(capacity_bytes) +
                  width_exponent * std::log(width_bits));
}

std::optional<SramFit> fit_sram(const SramTable& table, SramQuantity quantity) {
  const auto index = static_cast<std::size_t>(quantity);
  const std::vector<SramPoint> points = points_with(table, quantity);
  if (points.size() < 3) return std::nullopt;
  const auto count = static_cast<double>(points.size());
  double mean_c = 0, mean_w = 0, mean_y = 0;
  for (const SramPoint& point : points) {
    mean_c += std::log(point.capacity_bytes) / count;
    mean_w += std::log(point.width_bits) / count;
    mean_y += std::log(*point.of[index]) / count;
  }
  // The normal equations of the deviations from the means.
  double cc = 0, cw = 0, ww = 0, cy = 0, wy = 0;
  for (const SramPoint& point : points) {
    const double c = std::log(point.capacity_bytes) - mean_c;
    const double w = std::log(point.width_bits) - mean_w;
    const double y = std::log(*point.of[index]) - mean_y;
    cc += c * c;
    cw += c * w;
    ww += w * w;
    cy += c * y;
    wy += w * y;
  }
  const double determinant = cc * ww - cw * cw;
  if (determinant <= 1e-9 * cc * ww) return std::nullopt;  // points on a line, or of one size
  SramFit fit;
  fit.capacity_exponent = (cy * ww - wy * cw) / determinant;
  fit.width_exponent = (wy * cc - cy * cw) / determinant;
  fit.log_scale = mean_y - fit.capacity_exponent * mean_c - fit.width_exponent * mean_w;
  for (const SramPoint& point : points) {
    const double ratio = fit.at(point.capacity_bytes, point.width_bits) / *point.of[index];
    fit.worst_low = std::min(fit.worst_low, ratio);
    fit.worst_high = std::max(fit.worst_high, ratio);
  }
  return fit;
}

std::optional<SramTable> read_sram_table(const YamlNode& node, const std::string& path, YamlReport& report) {
  YamlMap map(node, path, report);
  if (node.kind != YamlNode::Kind::map) return std::nullopt;
  SramTable table;
  const std::optional<EventCost> about = read_provenance(map, node.mark);
  bool good = about.has_value();
  if (about) {
    table.source = about->source;
    table.basis = about->basis;
    table.uncertainty = about->uncertainty;
  }
  if (const YamlEntry* ports = required(map, node.mark, "ports", "a map with energy, leakage and source"))
    good = read_ports(*ports, map.path_of("ports"), table, report) && good;
  else
    good = false;
  const YamlEntry* points = required(map, node.mark, "points", "a list of memories");
  if (points != nullptr && points->value->kind == YamlNode::Kind::list) {
    for (std::size_t i = 0; i < points->value->items.size(); ++i) {
      const std::string point_path = fmt::format("{}[{}]", map.path_of("points"), i);
      good = read_point(*points->value->items[i], point_path, table, report) && good;
    }
  } else if (points != nullptr) {
    report.add(points->value->mark, map.path_of("points"), shown(*points->value), "a list of memories");
  }
  map.finish();
  return good && points != nullptr ? std::optional(std::move(table)) : std::nullopt;
}

std::optional<EventCost> sram_cost(const SramTable& table, SramQuantity quantity, const SramShape& whole,
                                   double ns, const YamlMark& mark, const std::string& path,
                                   YamlReport& report) {
  const auto index = static_cast<std::size_t>(quantity);
  const std::optional<SramFit> fit = fit_sram(table, quantity);
  if (!fit) {
    report.add(mark, path, fmt::format("sram points that do not determine {}", kFigureKeys[index]),
               "three or more with it, of different capacities and widths");
    return std::nullopt;
  }
  const std::vector<SramPoint> points = points_with(table, quantity);
  const Side capacity = side_of(points, &SramPoint::capacity_bytes);
  const Side width = side_of(points, &SramPoint::width_bits);
  const double slices = std::max(1.0, std::ceil(whole.width_bits / (width.highest * kCostExtrapolation)));
  const SramShape shape{whole.bank_bytes / slices, whole.width_bits / slices, whole.banks * slices,
                        whole.ports};
  if (!capacity.reaches(shape.bank_bytes) || !width.reaches(shape.width_bits)) {
    report.add(mark, path, fmt::format("a bank of {} B with {} bit", shape.bank_bytes, shape.width_bits),
               fmt::format("{} to {} B and {} to {} bit: the sram points and a factor of {} around them",
                           capacity.lowest / kCostExtrapolation, capacity.highest * kCostExtrapolation,
                           width.lowest / kCostExtrapolation, width.highest * kCostExtrapolation,
                           kCostExtrapolation));
    return std::nullopt;
  }
  EventCost cost;
  cost.basis = std::max(table.basis, Basis::derived);
  cost.uncertainty = table.uncertainty;
  const double figure = fit->at(shape.bank_bytes, shape.width_bits);
  const bool is_leakage = quantity == SramQuantity::leakage;
  const double ports = 1.0 + (shape.ports - 1.0) * (is_leakage ? table.port_leakage : table.port_energy);
  cost.pj = ports * figure * (is_leakage ? shape.banks * ns : 8.0 / shape.width_bits);  // 1 mW x 1 ns = 1 pJ
  const bool inside = capacity.covers(shape.bank_bytes) && width.covers(shape.width_bits);
  cost.source = fmt::format(
      "{} x {:.0f} B x {:.0f} bit: {:.4g} {} {} from a power law through {} points, off by {:+.0f} % to "
      "{:+.0f} %{}: {}",
      shape.banks, shape.bank_bytes, shape.width_bits, figure, kFigureUnits[index],
      is_leakage    ? "per bank"
      : slices > 1. ? fmt::format("per access to each of {} side by side", slices)
                    : "per access",
      points.size(), percent_off(fit->worst_low), percent_off(fit->worst_high),
      inside ? "" : ", extrapolated", table.source);
  if (shape.ports > 1.0) {
    cost.source += fmt::format("; x {:.4g} for {} ports: {}", ports, shape.ports, table.port_source);
    cost.basis = std::max(cost.basis, Basis::our_choice);
  }
  return cost;
}

}  // namespace lnsim
