#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/run/compare/datapath_name.h"
#include "sim/run/paper/paper_report.h"
#include "sim/run/report/svg.h"
#include "sim/run/report/text_table.h"

namespace lnsim {
namespace {

using arith::DatapathKind;

constexpr double kWidth = 760.0;
constexpr double kHeight = 460.0;
constexpr double kLeft = 70.0;
constexpr double kRight = 660.0;  // room for the names of the lines
constexpr double kTop = 60.0;
constexpr double kBottom = 400.0;

std::string line_styles(std::size_t lines) {
  static constexpr std::array<std::string_view, 7> kLight{"#0969da", "#bc4c00", "#1a7f37", "#8250df",
                                                          "#bf3989", "#9a6700", "#57606a"};
  static constexpr std::array<std::string_view, 7> kDark{"#58a6ff", "#f0883e", "#56d364", "#bc8cff",
                                                         "#f778ba", "#d29922", "#8b949e"};
  std::string light;
  std::string dark;
  for (std::size_t i = 0; i < lines; ++i) {
    light += fmt::format("  .l{0} {{ stroke: {1} }} .d{0} {{ fill: {1} }}\n", i, kLight.at(i));
    dark += fmt::format(" .l{0} {{ stroke: {1} }} .d{0} {{ fill: {1} }}", i, kDark.at(i));
  }
  return "  .line { fill: none; stroke-width: 1.5 }\n" + light + "  @media (prefers-color-scheme: dark) {" +
         dark + " }\n";
}

double x_of(std::size_t i, std::size_t count) {
  return kLeft + (static_cast<double>(i) + 0.5) * (kRight - kLeft) / static_cast<double>(count);
}

svg::LogAxis axis_of(const std::vector<GptRow>& rows) {
  double least = rows.front().joules.begin()->second;
  double most = least;
  for (const GptRow& row : rows) {
    for (const auto& [kind, joules] : row.joules) {
      least = std::min(least, joules);
      most = std::max(most, joules);
    }
  }
  return {least, most, kBottom, kTop};
}

std::string grid(const std::vector<GptRow>& rows, const svg::LogAxis& axis) {
  std::string text;
  for (const double value : axis.decades()) {
    const double y = axis.at(value);
    text += fmt::format("<path class='grid' d='M{} {:.1f}H{}'/>\n", kLeft, y, kRight);
    text += svg::text_at(kLeft - 8.0, y + 4.0, "end", with_prefix(value) + "J");
  }
  for (std::size_t i = 0; i < rows.size(); ++i)
    text += svg::text_at(x_of(i, rows.size()), kBottom + 18.0, "middle", rows[i].size);
  return text + svg::text_at((kLeft + kRight) / 2.0, kBottom + 40.0, "middle",
                             "parameters; one sequence of 2048 tokens, energy inside processing elements");
}

std::string line(const std::vector<GptRow>& rows, const svg::LogAxis& axis, DatapathKind kind,
                 std::size_t number) {
  const std::string name = datapath_name(kind);
  std::string path;
  std::string dots;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double x = x_of(i, rows.size());
    const double joules = rows[i].joules.at(kind);
    path += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", x, axis.at(joules));
    dots +=
        fmt::format("<circle class='d{}' cx='{:.1f}' cy='{:.1f}' r='4'><title>{}, {}: {}J</title></circle>\n",
                    number, x, axis.at(joules), name, rows[i].size, with_prefix(joules));
  }
  return fmt::format("<path class='line l{}' d='{}'/>\n", number, path) + dots +
         svg::text_at(x_of(rows.size() - 1, rows.size()) + 10.0, axis.at(rows.back().joules.at(kind)) + 4.0,
                      "start", fmt::format("{} {}J", name, with_prefix(rows.back().joules.at(kind))));
}

}  // namespace

std::string gpt_svg(const PaperResult& result) {
  const svg::LogAxis axis = axis_of(result.gpt);
  std::string text = svg::opened(kWidth, kHeight, kLeft, "Energy of a training iteration of the GPT series",
                                 line_styles(result.constants.size())) +
                     grid(result.gpt, axis);
  std::size_t number = 0;
  for (const auto& [kind, constant] : result.constants) text += line(result.gpt, axis, kind, number++);
  return text + std::string(svg::kClosed);
}

}  // namespace lnsim
