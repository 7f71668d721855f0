// The picture of a trace's statistics.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/run/report/svg.h"
#include "sim/run/report/text_table.h"
#include "sim/run/trace_tools/statistics_report.h"

namespace lnsim {

namespace {

constexpr double kWidth = 960.0;
constexpr double kMargin = 24.0;
constexpr double kLeft = 200.0;  // of the plots
constexpr double kRight = 900.0;
constexpr double kTop = 56.0;
constexpr double kPlot = 64.0;  // height of a histogram
constexpr double kGap = 18.0;
constexpr double kRow = 16.0;  // of a format
constexpr double kBar = 9.0;

constexpr std::size_t kFewestOctaves = 16;
constexpr std::size_t kMostOctaves = 64;  // what lies deeper is drawn in the last bar

// Octaves below the largest magnitude, which stands at the right.
struct Axis {
  std::size_t octaves = kFewestOctaves;
  double at(double below) const { return kRight - below / static_cast<double>(octaves) * (kRight - kLeft); }
};

Axis axis_of(const TraceStatistics& statistics) {
  Axis axis;
  for (const StatisticsRow& row : statistics.roles)
    axis.octaves = std::max(axis.octaves, row.distribution.octaves_below_largest().size());
  axis.octaves = std::min(axis.octaves, kMostOctaves);
  return axis;
}

std::string grid(const Axis& axis, double top, double bottom) {
  std::string text;
  for (std::size_t octave = 0; octave <= axis.octaves; octave += 4) {
    const double x = axis.at(static_cast<double>(octave));
    text += fmt::format("<path class='grid' d='M{:.1f} {:.1f}V{:.1f}'/>\n", x, top, bottom);
    text += svg::text_at(x, bottom + 16.0, "middle", octave == 0 ? "0" : fmt::format("-{}", octave));
  }
  return text + svg::text_at((kLeft + kRight) / 2, bottom + 34.0, "middle",
                             "log2(magnitude / largest magnitude of the tensor)");
}

std::string histogram(const StatisticsRow& row, const Axis& axis, double top) {
  const Distribution& d = row.distribution;
  std::vector<std::uint64_t> counts = d.octaves_below_largest();
  while (counts.size() > axis.octaves) {
    counts[counts.size() - 2] += counts.back();
    counts.pop_back();
  }
  const double bottom = top + kPlot;
  std::string text =
      svg::text_at(kMargin, top + 14.0, "start", kTensorRoleNames[static_cast<std::size_t>(row.role)]);
  text += svg::text_at(kMargin, top + 30.0, "start", fmt::format("{} values", grouped(d.values())));
  text += svg::text_at(kMargin, top + 44.0, "start",
                       fmt::format("{:.1f} % zeros",
                                   100.0 * static_cast<double>(d.zeros()) / static_cast<double>(d.values())));
  if (counts.empty()) return text;
  const auto most = static_cast<double>(*std::max_element(counts.begin(), counts.end()));
  for (std::size_t octave = 0; octave < counts.size(); ++octave) {
    if (counts[octave] == 0) continue;
    const double height = static_cast<double>(counts[octave]) / most * kPlot;
    const double left = axis.at(static_cast<double>(octave + 1));
    text += fmt::format(
        "<rect class='part c0' x='{:.1f}' y='{:.2f}' width='{:.1f}' height='{:.2f}'><title>{} to {} octaves "
        "below: "
        "{} values, {:.3g} % of those that are not zero</title></rect>\n",
        left, bottom - height, axis.at(static_cast<double>(octave)) - left, height, octave, octave + 1,
        grouped(counts[octave]),
        100.0 * static_cast<double>(counts[octave]) / static_cast<double>(d.non_zeros()));
  }
  return text;
}

std::string range_bar(const arith::NumberFormat& format, const Axis& axis, double y) {
  const double octaves = octaves_below_largest(format);
  const double left = axis.at(std::min(octaves, static_cast<double>(axis.octaves)));
  std::string text = svg::text_at(kLeft - 8.0, y + kBar, "end", format.name());
  text += fmt::format(
      "<rect class='part c3' x='{:.1f}' y='{:.1f}' width='{:.1f}' height='{}'><title>{}: {:.1f} "
      "octaves</title></rect>\n",
      left, y, kRight - left, kBar, format.name(), octaves);
  return text + svg::text_at(kRight + 8.0, y + kBar, "start", fmt::format("{:.1f}", octaves));
}

}  // namespace

std::string statistics_svg(const Trace& trace, const TraceStatistics& statistics) {
  const Axis axis = axis_of(statistics);
  const double bottom = kTop + static_cast<double>(statistics.roles.size()) * (kPlot + kGap) +
                        static_cast<double>(statistics.formats.size()) * kRow;
  std::string text =
      svg::opened(kWidth, bottom + 48.0, kMargin,
                  fmt::format("Magnitudes in {}", trace.path.filename().string()), svg::part_styles());
  text += grid(axis, kTop, bottom);
  double y = kTop;
  for (const StatisticsRow& row : statistics.roles) {
    text += histogram(row, axis, y);
    y += kPlot + kGap;
  }
  for (const auto& format : statistics.formats) {
    text += range_bar(*format, axis, y);
    y += kRow;
  }
  return text + std::string(svg::kClosed);
}

}  // namespace lnsim
