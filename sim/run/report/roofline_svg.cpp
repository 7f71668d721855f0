#include "sim/run/report/roofline_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

#include "sim/run/report/bottleneck.h"
#include "sim/run/report/svg.h"
#include "sim/run/report/text_table.h"

namespace lnsim {
namespace {

using svg::Box;
using svg::escaped;
using svg::kCharacter;
using svg::kLine;
using svg::LogAxis;
using svg::text_at;

constexpr double kWidth = 960.0;
constexpr double kHeight = 600.0;
constexpr double kLeft = 80.0;
constexpr double kRight = 930.0;
constexpr double kTop = 70.0;
constexpr double kBottom = 540.0;
constexpr double kPeakLabel = 170.0;

constexpr std::string_view kStyles = R"(  .roof { stroke: #1f2328; stroke-width: 2; fill: none }
  .label { paint-order: stroke; stroke: #ffffff; stroke-width: 2px }
  .point { fill-opacity: 0.6; stroke: #ffffff; stroke-width: 0.5 }
  .forward { fill: #0969da } .input_gradient { fill: #bc4c00 } .weight_gradient { fill: #1a7f37 }
  @media (prefers-color-scheme: dark) {
    .roof { stroke: #e6edf3 }
    .label, .point { stroke: #0d1117 }
    .forward { fill: #58a6ff } .input_gradient { fill: #f0883e } .weight_gradient { fill: #56d364 }
  }
)";

// Operations that fall on the same point, in one pass.
struct Point {
  RooflinePoint at;
  Pass pass = Pass::forward;
  std::string layer;  // the first one
  std::size_t operations = 0;
  std::uint64_t cycles = 0;  // of all of them
  std::string bottleneck;
};

std::vector<Point> points_of(const IterationResult& result, const AcceleratorParameters& machine) {
  std::vector<Point> points;
  for (const OperationResult& operation : result.operations) {
    const std::optional<RooflinePoint> at = roofline_point(operation.run, machine);
    if (!at) continue;
    const auto same = std::find_if(points.begin(), points.end(), [&](const Point& point) {
      return point.pass == operation.pass && point.at == *at;
    });
    Point& point = same != points.end() ? *same : points.emplace_back();
    if (point.operations == 0) {
      point = {
          *at, operation.pass, operation.layer, 0, 0, bound_of(operation.run, machine)->bottleneck.name()};
    }
    ++point.operations;
    point.cycles += operation.run.cycles;
  }
  // Large ones lie below small ones and get their labels first.
  std::stable_sort(points.begin(), points.end(),
                   [](const Point& a, const Point& b) { return a.cycles > b.cycles; });
  return points;
}

struct Axes {
  LogAxis x;  // MACs per byte of DRAM traffic
  LogAxis y;  // MACs per cycle
};

Axes axes_for(const std::vector<Point>& points, const AcceleratorParameters& machine) {
  const auto peak = static_cast<double>(peak_macs_per_cycle(machine.pe));
  const double ridge = peak / dram_bytes_per_cycle(machine.dram);
  double left = ridge;
  double right = ridge;
  double low = peak;
  for (const Point& point : points) {
    left = std::min(left, point.at.macs_per_dram_byte);
    right = std::max(right, point.at.macs_per_dram_byte);
    low = std::min(low, point.at.macs_per_cycle);
  }
  return {LogAxis(left, right, kLeft, kRight), LogAxis(low, peak, kBottom, kTop)};
}

std::string grid(const Axes& axes) {
  std::string svg;
  for (const double value : axes.x.ticks()) {
    const double x = axes.x.at(value);
    svg += fmt::format("<path class='grid' d='M{0:.1f} {1}V{2}'/>\n", x, kTop, kBottom);
    svg += text_at(x, kBottom + 18.0, "middle", fmt::format("{:g}", value));
  }
  for (const double value : axes.y.ticks()) {
    const double y = axes.y.at(value);
    svg += fmt::format("<path class='grid' d='M{1} {0:.1f}H{2}'/>\n", y, kLeft, kRight);
    svg += text_at(kLeft - 8.0, y + 4.0, "end", fmt::format("{:g}", value));
  }
  svg += text_at((kLeft + kRight) / 2.0, kHeight - 20.0, "middle", "MACs per byte of DRAM traffic");
  return svg + fmt::format(
                   "<text transform='translate(24 {}) rotate(-90)' text-anchor='middle'>MACs per "
                   "cycle</text>\n",
                   (kTop + kBottom) / 2.0);
}

std::string roof(const Axes& axes, const AcceleratorParameters& machine) {
  const auto peak = static_cast<double>(peak_macs_per_cycle(machine.pe));
  const double bandwidth = dram_bytes_per_cycle(machine.dram);
  // The slope enters at the left edge or, where it is below the diagram there, at the bottom.
  const double start = std::max(axes.x.least(), axes.y.least() / bandwidth);
  const double x0 = axes.x.at(start);
  const double y0 = axes.y.at(start * bandwidth);
  const double x1 = axes.x.at(peak / bandwidth);
  const double y1 = axes.y.at(peak);
  std::string svg =
      fmt::format("<path class='roof' d='M{:.1f} {:.1f}L{:.1f} {:.1f}H{}'/>\n", x0, y0, x1, y1, kRight);
  svg += text_at(kRight, y1 - 6.0, "end",
                 fmt::format("peak {} MACs/cycle", grouped(peak_macs_per_cycle(machine.pe))));
  const double degrees = std::atan2(y1 - y0, x1 - x0) * 180.0 / std::acos(-1.0);
  return svg + fmt::format(
                   "<text transform='translate({:.1f} {:.1f}) rotate({:.1f})' dy='-6' "
                   "text-anchor='middle'>DRAM {:g} B/cycle</text>\n",
                   (x0 + x1) / 2.0, (y0 + y1) / 2.0, degrees, bandwidth);
}

double radius_of(const Point& point, std::uint64_t most_cycles) {
  return 3.0 + 9.0 * std::sqrt(static_cast<double>(point.cycles) / static_cast<double>(most_cycles));
}

std::string_view pass_name(Pass pass) {
  return kPassNames[static_cast<std::size_t>(pass)];
}

std::string label_of(const Point& point) {
  return point.operations == 1 ? point.layer : fmt::format("{} +{}", point.layer, point.operations - 1);
}

std::string circle(const Point& point, const Axes& axes, double radius) {
  std::string svg =
      fmt::format("<circle class='point {}' cx='{:.1f}' cy='{:.1f}' r='{:.1f}'>", pass_name(point.pass),
                  axes.x.at(point.at.macs_per_dram_byte), axes.y.at(point.at.macs_per_cycle), radius);
  svg += fmt::format(
      "<title>{} {}: {:.4g} MACs/B, {:.4g} of {:.4g} MACs/cycle, {} cycles, {}</title></circle>\n",
      escaped(label_of(point)), pass_name(point.pass), point.at.macs_per_dram_byte, point.at.macs_per_cycle,
      point.at.attainable_macs_per_cycle, grouped(point.cycles), point.bottleneck);
  return svg;
}

// Right of its point, left of it, below or above it, where it covers no other label and no middle of a point.
std::string labels(const std::vector<Point>& points, const Axes& axes, std::uint64_t most_cycles,
                   const AcceleratorParameters& machine) {
  const double peak = axes.y.at(static_cast<double>(peak_macs_per_cycle(machine.pe)));
  std::vector<Box> taken{{kRight - kPeakLabel, peak - 2.0 * kLine, kRight, peak}};
  for (const Point& point : points) {
    const double size = radius_of(point, most_cycles);
    taken.push_back(
        Box::around(axes.x.at(point.at.macs_per_dram_byte), axes.y.at(point.at.macs_per_cycle), size, size));
  }
  std::string svg;
  for (const Point& point : points) {
    const std::string label = label_of(point);
    const double width = kCharacter * static_cast<double>(label.size());
    const double x = axes.x.at(point.at.macs_per_dram_byte);
    const double y = axes.y.at(point.at.macs_per_cycle);
    const double gap = radius_of(point, most_cycles) + 3.0;
    const double aside = gap + width / 2.0;
    const double below = gap + kLine / 2.0;
    for (const auto& [dx, dy] : {std::pair{aside, 0.0}, {-aside, 0.0}, {0.0, below}, {0.0, -below}}) {
      const Box box = Box::around(x + dx, y + dy, width, kLine);
      if (box.left < kLeft || box.right > kRight || box.bottom > kBottom) continue;
      if (std::any_of(taken.begin(), taken.end(), [&](const Box& other) { return box.meets(other); }))
        continue;
      taken.push_back(box);
      svg += text_at(x + dx, y + dy + 4.0, "middle", label);
      break;
    }
  }
  return "<g class='label'>\n" + svg + "</g>\n";
}

std::string legend() {
  std::string svg;
  double x = kLeft;
  for (const Pass pass : {Pass::forward, Pass::input_gradient, Pass::weight_gradient}) {
    std::string name(pass_name(pass));
    std::replace(name.begin(), name.end(), '_', ' ');
    svg += fmt::format("<circle class='point {}' cx='{:.1f}' cy='52' r='5'/>\n", pass_name(pass), x + 5.0);
    svg += text_at(x + 15.0, 56.0, "start", name);
    x += 120.0;
  }
  return svg + text_at(x, 56.0, "start", "area: cycles");
}

}  // namespace

std::string roofline_svg(const IterationResult& result, const AcceleratorParameters& machine) {
  const std::vector<Point> points = points_of(result, machine);
  const Axes axes = axes_for(points, machine);
  std::string svg =
      svg::opened(kWidth, kHeight, kLeft,
                  fmt::format("Roofline of {}: every layer and pass with a product", machine.name), kStyles);
  svg += legend() + grid(axes) + roof(axes, machine);
  const std::uint64_t most_cycles = points.empty() ? 1 : points.front().cycles;
  for (const Point& point : points) svg += circle(point, axes, radius_of(point, most_cycles));
  return svg + labels(points, axes, most_cycles, machine) + std::string(svg::kClosed);
}

}  // namespace lnsim
