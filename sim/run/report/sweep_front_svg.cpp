#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "sim/run/report/quantity_text.h"
#include "sim/run/report/svg.h"
#include "sim/run/report/sweep_svg.h"

namespace lnsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kWidth = 960.0;
constexpr double kHeight = 600.0;
constexpr double kLeft = 100.0;
constexpr double kRight = 930.0;
constexpr double kTop = 70.0;
constexpr double kBottom = 540.0;
constexpr double kWideSpan = 50.0;  // from which on an axis is logarithmic
constexpr double kMargin = 0.05;    // of a linear axis, at both ends

constexpr std::string_view kStyles =
    "  .point { fill: #0072b2; fill-opacity: 0.55 }\n"
    "  .estimate { fill: none; stroke: #0072b2; stroke-opacity: 0.55 }\n"
    "  .front { fill: #d55e00 }\n"
    "  .reference { fill: none; stroke: #1f2328; stroke-width: 2 }\n"
    "  .bound { fill: none; stroke: #d55e00; stroke-width: 1.5 }\n"
    "  @media (prefers-color-scheme: dark) { .point { fill: #56b4e9 } .estimate { stroke: #56b4e9 } "
    ".reference { stroke: #e6edf3 } }\n";

struct Objective {
  std::string name;
  std::string expression;  // what it is of: a metric's name, or more
  std::string unit;
  bool is_max = false;

  bool better(double a, double b) const { return is_max ? a > b : a < b; }
  std::string title() const { return quantity_name(name, unit); }
};

Objective objective_of(const Json& json) {
  const auto name = json.at("name").get<std::string>();
  return {name, json.value("expression", name), json.at("unit").get<std::string>(), json.at("goal") == "max"};
}

struct Point {
  double x = 0.0;
  double y = 0.0;
  bool front = false;
  bool estimated = false;
  std::string label;
};

std::vector<Point> points_of(const Json& sweep, const Objective& x, const Objective& y) {
  std::vector<Point> points;
  for (const Json& json : sweep.at("points")) {
    const Json values = json.value("objectives", Json::object());
    if (!values.is_object() || !values.contains(x.name) || !values.contains(y.name)) continue;
    if (values[x.name].is_null() || values[y.name].is_null()) continue;
    std::string label = fmt::format("point {}", json.at("number").dump());
    for (const auto& [path, value] : json.at("parameters").items())
      label += fmt::format(", {}: {}", path, value.is_string() ? value.get<std::string>() : value.dump());
    points.push_back({values[x.name].get<double>(), values[y.name].get<double>(),
                      json.at("front").get<bool>(), json.value("estimated", false), std::move(label)});
  }
  return points;
}

// An objective that the document does not give may be a metric.
std::optional<Point> reference_of(const Json& sweep, const Objective& x, const Objective& y) {
  const Json reference = sweep.value("reference", Json());
  if (!reference.is_object()) return std::nullopt;
  const auto value = [&](const Objective& objective) {
    const Json objectives = reference.value("objectives", Json::object());
    const Json metrics = reference.value("metrics", Json::object());
    return objectives.contains(objective.name) ? objectives.at(objective.name)
                                               : metrics.value(objective.expression, Json());
  };
  const Json across = value(x), up = value(y);
  if (!across.is_number() || !up.is_number()) return std::nullopt;
  return Point{across.get<double>(), up.get<double>(), false, false, "reference"};
}

struct Axis {
  std::function<double(double)> at;  // pixels
  std::vector<double> ticks;
};

Axis linear_axis(double least, double most, double from, double to) {
  const double span = most > least ? most - least : std::max(std::abs(most), 1.0);
  const double first = least - kMargin * span;
  const double last = most + kMargin * span;
  const double step = svg::linear_ticks(last - first).at(1);
  Axis axis{[=](double value) { return from + (value - first) / (last - first) * (to - from); }, {}};
  for (double i = std::ceil(first / step); i * step <= last; ++i) axis.ticks.push_back(i * step);
  return axis;
}

Axis axis_for(const std::vector<Point>& points, double Point::*value, const Objective& objective, double from,
              double to) {
  double least = 1.0;
  double most = 1.0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    least = i == 0 ? points[i].*value : std::min(least, points[i].*value);
    most = i == 0 ? points[i].*value : std::max(most, points[i].*value);
  }
  // Decibels are logarithms already.
  if (least <= 0.0 || most / least <= kWideSpan || objective.unit == "dB")
    return linear_axis(least, most, from, to);
  const svg::LogAxis axis(least, most, from, to);
  return {[axis](double at) { return axis.at(at); }, most / least > 1e3 ? axis.decades() : axis.ticks()};
}

std::string grid(const Axis& x, const Axis& y, const Objective& across, const Objective& up) {
  std::string svg;
  for (const double tick : x.ticks) {
    svg += fmt::format("<path class='grid' d='M{0:.1f} {1}V{2}'/>\n", x.at(tick), kTop, kBottom);
    svg += svg::text_at(x.at(tick), kBottom + 18.0, "middle", quantity_text(tick, across.unit));
  }
  for (const double tick : y.ticks) {
    svg += fmt::format("<path class='grid' d='M{1} {0:.1f}H{2}'/>\n", y.at(tick), kLeft, kRight);
    svg += svg::text_at(kLeft - 8.0, y.at(tick) + 4.0, "end", quantity_text(tick, up.unit));
  }
  svg += svg::text_at((kLeft + kRight) / 2.0, kHeight - 20.0, "middle", across.title());
  return svg + fmt::format("<text transform='translate(24 {}) rotate(-90)' text-anchor='middle'>{}</text>\n",
                           (kTop + kBottom) / 2.0, svg::escaped(up.title()));
}

// The stairs between the points that no other one equals or beats in both objectives: what lies behind them
// is reached.
std::string bound(std::vector<Point> points, const Objective& across, const Objective& up, const Axis& x,
                  const Axis& y) {
  std::stable_sort(points.begin(), points.end(), [&](const Point& a, const Point& b) {
    return a.x != b.x ? across.better(a.x, b.x) : up.better(a.y, b.y);
  });
  std::string path;
  double best = 0.0;
  for (const Point& point : points) {
    if (!path.empty() && !up.better(point.y, best)) continue;
    best = point.y;
    path += path.empty() ? fmt::format("M{:.1f} {:.1f}", x.at(point.x), y.at(point.y))
                         : fmt::format("H{:.1f}V{:.1f}", x.at(point.x), y.at(point.y));
  }
  return path.empty() ? "" : fmt::format("<path class='bound' d='{}'/>\n", path);
}

std::string mark(const Point& point, const Axis& x, const Axis& y) {
  const std::string title = fmt::format("<title>{}</title>", svg::escaped(point.label));
  const double across = x.at(point.x);
  const double up = y.at(point.y);
  if (point.front) {
    return fmt::format("<path class='front' d='M{:.1f} {:.1f}l6 6l-6 6l-6 -6Z'>{}</path>\n", across, up - 6.0,
                       title);
  }
  return fmt::format("<circle class='{}' cx='{:.1f}' cy='{:.1f}' r='3'>{}</circle>\n",
                     point.estimated ? "estimate" : "point", across, up, title);
}

std::string cross(double x, double y, const std::string& title) {
  return fmt::format("<path class='reference' d='M{:.1f} {:.1f}h14m-7 -7v14'><title>{}</title></path>\n",
                     x - 7.0, y, title);
}

std::string legend(bool has_reference, bool has_estimates) {
  double left = kLeft + 219.0;
  std::string others;
  if (has_estimates) {
    others += fmt::format("<circle class='estimate' cx='{}' cy='52' r='3'/>\n", left) +
              svg::text_at(left + 9.0, 56.0, "start", "estimates");
    left += 93.0;
  }
  if (has_reference)
    others += cross(left + 7.0, 52.0, "") + svg::text_at(left + 20.0, 56.0, "start", "reference");
  return others + fmt::format("<path class='front' d='M{} 46l6 6l-6 6l-6 -6Z'/>\n", kLeft + 6.0) +
         svg::text_at(kLeft + 17.0, 56.0, "start", "on the front") +
         fmt::format("<circle class='point' cx='{}' cy='52' r='3'/>\n", kLeft + 116.0) +
         svg::text_at(kLeft + 125.0, 56.0, "start", "other points");
}

}  // namespace

std::string sweep_front_svg(const Json& sweep) {
  const Objective across = objective_of(sweep.at("objectives").at(0));
  const Objective up = objective_of(sweep.at("objectives").at(1));
  std::vector<Point> points = points_of(sweep, across, up);
  // Marks of the front lie above the others.
  std::stable_partition(points.begin(), points.end(), [](const Point& point) { return !point.front; });
  const std::optional<Point> reference = reference_of(sweep, across, up);
  std::vector<Point> seen = points;
  if (reference) seen.push_back(*reference);
  const Axis x = axis_for(seen, &Point::x, across, kLeft, kRight);
  const Axis y = axis_for(seen, &Point::y, up, kBottom, kTop);
  std::string svg = svg::opened(
      kWidth, kHeight, kLeft,
      fmt::format("Sweep {}: {} and {}", sweep.at("name").get<std::string>(), across.title(), up.title()),
      kStyles);
  const bool has_estimates =
      std::any_of(points.begin(), points.end(), [](const Point& point) { return point.estimated; });
  svg +=
      legend(reference.has_value(), has_estimates) + grid(x, y, across, up) + bound(points, across, up, x, y);
  for (const Point& point : points) svg += mark(point, x, y);
  if (reference) svg += cross(x.at(reference->x), y.at(reference->y), reference->label);
  return svg + std::string(svg::kClosed);
}

}  // namespace lnsim
