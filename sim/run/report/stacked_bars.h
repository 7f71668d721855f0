// Bars of energy, one below the other, each cut into the components of models/events.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/run/energy/energy.h"

namespace lnsim {

struct EnergyBar {
  std::string label;
  Energy energy;
};

// The components with energy in any bar, in the order of kEvents, each with its number there. The number
// chooses its colour, so a component has one colour in every picture.
struct EnergyComponent {
  std::string_view name;
  std::size_t number = 0;
};
std::vector<EnergyComponent> components_of(const std::vector<EnergyBar>& bars);

// 1.5e9 pJ -> "1.50 mJ".
std::string energy_text(double pj);

// An SVG that needs nothing else: a legend, a linear axis in joules, and for every part its figures as a
// tooltip. `note` stands below the bars.
std::string stacked_bars_svg(std::string_view title, const std::vector<EnergyBar>& bars,
                             std::string_view note);

}  // namespace lnsim
