#include "sim/run/report/svg.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace lnsim::svg {
namespace {

constexpr double kMargin = 1.6;

constexpr std::string_view kStyle = R"(<style>
  svg { font: 11px system-ui, sans-serif }
  .paper { fill: #ffffff } text { fill: #1f2328 } .title { font-size: 16px }
  .grid { stroke: #d0d7de }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 } text { fill: #e6edf3 }
    .grid { stroke: #30363d }
  }
)";

// Eight hues, each in a strong and a soft shade.
constexpr std::array<std::string_view, kPartColours> kColours{
    "#4269d0", "#efb118", "#ff725c", "#3ca951", "#a463f2", "#6cc5b0", "#ff8ab7", "#9c6b4e",
    "#9498a0", "#97bbf5", "#b89a3e", "#c44536", "#84c46a", "#6f4bb0", "#2f8f86", "#c2659d"};

}  // namespace

std::string opened(double width, double height, double title_x, std::string_view title,
                   std::string_view styles) {
  std::string svg =
      fmt::format("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {} {}' width='{}' height='{}'>\n",
                  width, height, width, height);
  svg += kStyle;
  svg += styles;
  svg += "</style>\n";
  svg += fmt::format("<rect class='paper' width='{}' height='{}'/>\n", width, height);
  return svg + fmt::format("<text class='title' x='{}' y='32'>{}</text>\n", title_x, escaped(title));
}

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '&') {
      safe += "&amp;";
    } else if (c == '<') {
      safe += "&lt;";
    } else {
      safe += c;
    }
  }
  return safe;
}

std::string text_at(double x, double y, std::string_view anchor, std::string_view text) {
  return fmt::format("<text x='{:.1f}' y='{:.1f}' text-anchor='{}'>{}</text>\n", x, y, anchor, escaped(text));
}

LogAxis::LogAxis(double least, double most, double from, double to)
    : first_(std::log10(least / kMargin)), last_(std::log10(most * kMargin)), from_(from), to_(to) {}

double LogAxis::at(double value) const {
  return from_ + (std::log10(value) - first_) / (last_ - first_) * (to_ - from_);
}

double LogAxis::least() const {
  return std::pow(10.0, first_);
}

std::vector<double> LogAxis::ticks() const {
  std::vector<double> values;
  for (double exponent = std::floor(first_); exponent <= last_; ++exponent) {
    for (const double digit : {1.0, 2.0, 5.0}) {
      const double value = digit * std::pow(10.0, exponent);
      if (value >= least() && value <= std::pow(10.0, last_)) values.push_back(value);
    }
  }
  return values;
}

std::vector<double> LogAxis::decades() const {
  std::vector<double> values;
  for (double exponent = std::ceil(first_); exponent <= last_; ++exponent)
    values.push_back(std::pow(10.0, exponent));
  return values;
}

std::vector<double> linear_ticks(double most) {
  constexpr double kMostSteps = 9.0;
  double step = std::pow(10.0, std::floor(std::log10(most / kMostSteps)));
  for (const double factor : {2.0, 2.5, 2.0}) {
    if (most / step <= kMostSteps) break;
    step *= factor;
  }
  std::vector<double> ticks;
  for (int i = 0; i * step <= most; ++i) ticks.push_back(i * step);
  return ticks;
}

std::string part_styles() {
  std::string styles = "  .part { stroke-width: 0.5; stroke: #ffffff }\n";
  for (std::size_t i = 0; i < kColours.size(); ++i)
    styles += fmt::format("  .c{} {{ fill: {} }}\n", i, kColours[i]);
  return styles + "  @media (prefers-color-scheme: dark) { .part { stroke: #0d1117 } }\n";
}

std::string part_class(std::size_t part) {
  return fmt::format("c{}", part % kPartColours);
}

}  // namespace lnsim::svg
