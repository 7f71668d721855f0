#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "sim/run/report/energy_svg.h"
#include "sim/run/report/stacked_bars.h"

namespace lnsim {
namespace {

constexpr std::size_t kMostBars = 40;

// Layers with equal energies.
struct Layers {
  std::string first;
  std::size_t count = 0;
  Energy energy;  // of all of them
};

std::vector<Layers> layers_of(const IterationResult& result) {
  std::vector<EnergyBar> each;
  std::map<std::string, std::size_t> by_name;
  for (const OperationResult& operation : result.operations) {
    const auto [found, is_new] = by_name.try_emplace(operation.layer, each.size());
    if (is_new) each.push_back({operation.layer, {}});
    each[found->second].energy += operation.energy;
  }
  std::vector<Layers> layers;
  std::map<decltype(Energy::quanta), std::size_t> by_energy;
  for (const EnergyBar& layer : each) {
    const auto [found, is_new] = by_energy.try_emplace(layer.energy.quanta, layers.size());
    if (is_new) layers.push_back({layer.label, 0, {}});
    ++layers[found->second].count;
    layers[found->second].energy += layer.energy;
  }
  return layers;
}

// Which are drawn, in the order they have.
std::vector<bool> largest(const std::vector<Layers>& layers) {
  std::vector<std::size_t> order(layers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return layers[a].energy.total() > layers[b].energy.total();
  });
  order.resize(std::min(order.size(), kMostBars));
  std::vector<bool> is_drawn(layers.size(), false);
  for (const std::size_t i : order) is_drawn[i] = true;
  return is_drawn;
}

}  // namespace

std::string energy_by_layer_svg(const IterationResult& result, const AcceleratorParameters& machine) {
  const std::vector<Layers> layers = layers_of(result);
  const std::vector<bool> is_drawn = largest(layers);
  std::vector<EnergyBar> bars;
  Energy rest;
  std::size_t undrawn = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (is_drawn[i]) {
      const std::string more = layers[i].count == 1 ? "" : fmt::format(" +{}", layers[i].count - 1);
      bars.push_back({layers[i].first + more, layers[i].energy});
    } else {
      undrawn += layers[i].count;
      rest += layers[i].energy;
    }
  }
  std::string note = fmt::format("One iteration: {}.", energy_text(to_pj(result.energy.total())));
  if (undrawn != 0)
    note += fmt::format(" Not drawn: {} layers with {} together.", undrawn, energy_text(to_pj(rest.total())));
  return stacked_bars_svg(fmt::format("Energy of the layers on {}, by component", machine.name), bars, note);
}

}  // namespace lnsim
