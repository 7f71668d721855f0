#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/run/report/quantity_text.h"
#include "sim/run/report/svg.h"
#include "sim/run/report/sweep_svg.h"

namespace lnsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kLeftMargin = 24.0;
constexpr double kTop = 84.0;
constexpr double kCellHeight = 28.0;
constexpr double kLeastCellWidth = 76.0;
constexpr double kPadding = 12.0;
constexpr std::size_t kMostValues = 40;  // of an axis

constexpr std::array<double, 3> kPale{230, 242, 250};
constexpr std::array<double, 3> kStrong{8, 81, 130};

std::string value_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  std::string text = value.dump();
  std::erase(text, '"');
  return text;
}

struct Axis {
  std::string path;
  std::vector<Json> values;

  double widest_label() const {
    std::size_t characters = 0;
    for (const Json& value : values) characters = std::max(characters, value_text(value).size());
    return svg::kCharacter * static_cast<double>(characters);
  }
};

// Those with two values or more, each value once.
std::vector<Axis> short_axes(const Json& sweep) {
  std::vector<Axis> axes;
  for (const Json& json : sweep.at("axes")) {
    Axis axis{json.at("path").get<std::string>(), {}};
    for (const Json& value : json.at("values")) {
      if (std::find(axis.values.begin(), axis.values.end(), value) == axis.values.end())
        axis.values.push_back(value);
    }
    if (axis.values.size() >= 2 && axis.values.size() <= kMostValues) axes.push_back(std::move(axis));
  }
  return axes;
}

// By the values' JSON, down and across.
using Cells = std::map<std::pair<std::string, std::string>, double>;

Cells best_cells(const Json& sweep, const Axis& down, const Axis& across) {
  const Json& objective = sweep.at("objectives").at(0);
  const auto name = objective.at("name").get<std::string>();
  const bool is_max = objective.at("goal") == "max";
  Cells cells;
  for (const Json& point : sweep.at("points")) {
    const Json values = point.value("objectives", Json::object());
    if (!values.is_object() || !values.contains(name) || values[name].is_null()) continue;
    const auto value = values[name].get<double>();
    const Json& parameters = point.at("parameters");
    const auto [cell, is_new] =
        cells.try_emplace({parameters.at(down.path).dump(), parameters.at(across.path).dump()}, value);
    if (!is_new) cell->second = is_max ? std::max(cell->second, value) : std::min(cell->second, value);
  }
  return cells;
}

// `share` from 0, pale, to 1, strong.
std::string colour(double share) {
  std::array<int, 3> mixed{};
  for (std::size_t i = 0; i < mixed.size(); ++i)
    mixed[i] = static_cast<int>(std::lround(kPale[i] + share * (kStrong[i] - kPale[i])));
  return fmt::format("#{:02x}{:02x}{:02x}", mixed[0], mixed[1], mixed[2]);
}

std::string cell_svg(double x, double y, double width, double share, const std::string& text) {
  return fmt::format("<rect x='{:.1f}' y='{:.1f}' width='{:.1f}' height='{}' fill='{}'/>\n", x, y,
                     width - 1.0, kCellHeight - 1.0, colour(share)) +
         fmt::format("<text x='{:.1f}' y='{:.1f}' text-anchor='middle' style='fill: {}'>{}</text>\n",
                     x + width / 2.0, y + kCellHeight / 2.0 + 4.0, share > 0.5 ? "#ffffff" : "#1f2328",
                     svg::escaped(text));
}

}  // namespace

std::optional<std::string> sweep_heat_map_svg(const Json& sweep) {
  const std::vector<Axis> axes = short_axes(sweep);
  if (axes.size() < 2) return std::nullopt;
  const Axis& down = axes[0];
  const Axis& across = axes[1];
  const Json& objective = sweep.at("objectives").at(0);
  const auto unit = objective.at("unit").get<std::string>();
  const Cells cells = best_cells(sweep, down, across);
  const auto by_value = [](const auto& a, const auto& b) { return a.second < b.second; };
  const auto [least, most] = std::minmax_element(cells.begin(), cells.end(), by_value);

  const std::string title =
      fmt::format("{} {} over {} (down) and {} (across)", objective.at("goal") == "max" ? "Largest" : "Least",
                  quantity_name(objective.at("name").get<std::string>(), unit), down.path, across.path);
  const double left = kLeftMargin + down.widest_label() + kPadding;
  const double width = std::max(kLeastCellWidth, across.widest_label() + kPadding);
  const double right = left + width * static_cast<double>(across.values.size()) + kLeftMargin;
  const double title_right = 2.0 * kLeftMargin + 9.0 * static_cast<double>(title.size());  // 16 px letters
  const double height = kTop + kCellHeight * static_cast<double>(down.values.size()) + kLeftMargin;

  std::string svg = svg::opened(std::max(right, title_right), height, kLeftMargin, title, "");
  for (std::size_t column = 0; column < across.values.size(); ++column) {
    svg += svg::text_at(left + width * (static_cast<double>(column) + 0.5), kTop - 8.0, "middle",
                        value_text(across.values[column]));
  }
  for (std::size_t row = 0; row < down.values.size(); ++row) {
    const double y = kTop + kCellHeight * static_cast<double>(row);
    svg +=
        svg::text_at(left - kPadding / 2.0, y + kCellHeight / 2.0 + 4.0, "end", value_text(down.values[row]));
    for (std::size_t column = 0; column < across.values.size(); ++column) {
      const auto cell = cells.find({down.values[row].dump(), across.values[column].dump()});
      if (cell == cells.end()) continue;
      const double span = most->second - least->second;
      const double share = span > 0.0 ? (cell->second - least->second) / span : 0.0;
      svg += cell_svg(left + width * static_cast<double>(column), y, width, share,
                      quantity_text(cell->second, unit));
    }
  }
  return svg + std::string(svg::kClosed);
}

}  // namespace lnsim
