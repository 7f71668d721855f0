#include "sim/run/report/stacked_bars.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/run/report/svg.h"
#include "sim/run/report/text_table.h"

namespace lnsim {
namespace {

constexpr double kWidth = 960.0;
constexpr double kLeftMargin = 24.0;
constexpr double kRight = 860.0;  // room for the totals behind the bars
constexpr double kRow = 20.0;
constexpr double kBar = 14.0;
constexpr double kLegendTop = 50.0;
constexpr double kSwatch = 10.0;
constexpr std::size_t kMostCharacters = 48;  // of a label

std::int64_t component_quanta(const Energy& energy, std::string_view component) {
  std::int64_t sum = 0;
  for (const EventRow& row : kEvents) {
    if (row.component == component) sum += energy.quanta[static_cast<std::size_t>(row.event)];
  }
  return sum;
}

struct Legend {
  std::string svg;
  double bottom = kLegendTop;
};

Legend legend_of(const std::vector<EnergyComponent>& components) {
  Legend legend;
  double x = kLeftMargin;
  double y = kLegendTop;
  for (const EnergyComponent& component : components) {
    const double width = kSwatch + 6.0 + svg::kCharacter * static_cast<double>(component.name.size()) + 14.0;
    if (x + width > kWidth - kLeftMargin) {
      x = kLeftMargin;
      y += kRow;
    }
    legend.svg += fmt::format("<rect class='part {}' x='{:.1f}' y='{:.1f}' width='{}' height='{}'/>\n",
                              svg::part_class(component.number), x, y, kSwatch, kSwatch);
    legend.svg += svg::text_at(x + kSwatch + 6.0, y + 9.0, "start", component.name);
    x += width;
  }
  legend.bottom = y + kRow;
  return legend;
}

// Names of any length leave room for the bars.
std::string shortened(const std::string& label) {
  return label.size() <= kMostCharacters ? label : label.substr(0, kMostCharacters - 3) + "...";
}

double widest_label(const std::vector<EnergyBar>& bars) {
  std::size_t characters = 0;
  for (const EnergyBar& bar : bars) characters = std::max(characters, shortened(bar.label).size());
  return svg::kCharacter * static_cast<double>(characters);
}

std::string bar_svg(const EnergyBar& bar, const std::vector<EnergyComponent>& components, double left,
                    double y, double pixels_per_quantum) {
  std::string text = svg::text_at(left - 8.0, y + kBar - 3.0, "end", shortened(bar.label));
  const std::int64_t total = bar.energy.total();
  double x = left;
  for (const EnergyComponent& component : components) {
    const std::int64_t quanta = component_quanta(bar.energy, component.name);
    if (quanta == 0) continue;
    const double width = static_cast<double>(quanta) * pixels_per_quantum;
    text += fmt::format(
        "<rect class='part {}' x='{:.2f}' y='{:.1f}' width='{:.2f}' height='{}'><title>{}, {}: {}, {:.1f} "
        "%</title></rect>\n",
        svg::part_class(component.number), x, y, width, kBar, svg::escaped(bar.label), component.name,
        energy_text(to_pj(quanta)), 100.0 * static_cast<double>(quanta) / static_cast<double>(total));
    x += width;
  }
  return text + svg::text_at(x + 6.0, y + kBar - 3.0, "start", energy_text(to_pj(total)));
}

std::string axis_svg(double most_pj, double left, double pixels_per_pj, double top, double bottom) {
  std::string text;
  if (most_pj <= 0.0) return text;
  for (const double tick : svg::linear_ticks(most_pj)) {
    const double x = left + tick * pixels_per_pj;
    text += fmt::format("<path class='grid' d='M{:.1f} {}V{}'/>\n", x, top, bottom);
    text += svg::text_at(x, bottom + 16.0, "middle", tick == 0.0 ? "0" : energy_text(tick));
  }
  return text;
}

}  // namespace

std::vector<EnergyComponent> components_of(const std::vector<EnergyBar>& bars) {
  std::vector<EnergyComponent> all;
  for (const EventRow& row : kEvents) {
    const bool is_new = std::none_of(
        all.begin(), all.end(), [&](const EnergyComponent& known) { return known.name == row.component; });
    if (is_new) all.push_back({row.component, all.size()});
  }
  std::erase_if(all, [&](const EnergyComponent& component) {
    return std::all_of(bars.begin(), bars.end(), [&](const EnergyBar& bar) {
      return component_quanta(bar.energy, component.name) == 0;
    });
  });
  return all;
}

std::string energy_text(double pj) {
  return with_prefix(pj * 1e-12) + "J";
}

std::string stacked_bars_svg(std::string_view title, const std::vector<EnergyBar>& bars,
                             std::string_view note) {
  const std::vector<EnergyComponent> components = components_of(bars);
  const Legend legend = legend_of(components);
  const double top = legend.bottom + 6.0;
  const double bottom = top + kRow * static_cast<double>(bars.size());
  const double left = kLeftMargin + widest_label(bars) + 8.0;
  std::int64_t most = 0;
  for (const EnergyBar& bar : bars) most = std::max(most, bar.energy.total());
  const double pixels_per_quantum = most == 0 ? 0.0 : (kRight - left) / static_cast<double>(most);

  std::string text = svg::opened(kWidth, bottom + 62.0, kLeftMargin, title, svg::part_styles());
  text += legend.svg + axis_svg(to_pj(most), left, pixels_per_quantum * kEnergyQuantaPerPj, top, bottom);
  double y = top + (kRow - kBar) / 2.0;
  for (const EnergyBar& bar : bars) {
    text += bar_svg(bar, components, left, y, pixels_per_quantum);
    y += kRow;
  }
  return text + svg::text_at(kLeftMargin, bottom + 46.0, "start", note) + std::string(svg::kClosed);
}

}  // namespace lnsim
