#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/run/report/energy_svg.h"
#include "sim/run/report/stacked_bars.h"
#include "sim/run/report/svg.h"

namespace lnsim {
namespace {

constexpr double kWidth = 960.0;
constexpr double kTop = 56.0;
constexpr double kFlowHeight = 420.0;  // of all the energy
constexpr double kNode = 12.0;         // wide
constexpr double kGap = 4.0;
constexpr std::array<double, 4> kColumns{24.0, 190.0, 430.0, 670.0};

constexpr std::string_view kStyles =
    "  .flow { fill-opacity: 0.35 } .whole { fill: #8c959f }\n"
    "  .label { paint-order: stroke; stroke: #ffffff; stroke-width: 3px }\n"
    "  @media (prefers-color-scheme: dark) { .label { stroke: #0d1117 } }\n";

// A part of the energy and what it consists of.
struct Node {
  std::string name;
  std::string colour;  // class
  std::int64_t quanta = 0;
  std::vector<Node> parts;
  double y = 0.0;  // of its upper edge
};

Node& part_named(Node& whole, std::string_view name, const std::string& colour) {
  for (Node& part : whole.parts) {
    if (part.name == name) return part;
  }
  return whole.parts.emplace_back(Node{std::string(name), colour, 0, {}, 0.0});
}

Node tree_of(const Energy& energy) {
  Node root{"iteration", "whole", 0, {}, 0.0};
  for (const EnergyComponent& component : components_of({{"", energy}})) {
    for (const EventRow& row : kEvents) {
      const std::int64_t quanta = energy.quanta[static_cast<std::size_t>(row.event)];
      if (row.component != component.name || quanta == 0) continue;
      const std::string colour = svg::part_class(component.number);
      Node& side = part_named(
          root, row.level == EnergyLevel::system ? "around the PEs" : "processing elements", "whole");
      Node& unit = part_named(side, row.component, colour);
      Node& event = part_named(unit, row.name, colour);
      for (Node* node : {&root, &side, &unit, &event}) node->quanta += quanta;
    }
  }
  return root;
}

double height_of(const Node& node, double pixels_per_quantum) {
  return static_cast<double>(node.quanta) * pixels_per_quantum;
}

// Leaves stand below one another with room for a line of text each; a node stands in the middle of its parts.
// Returns where the next leaf may begin.
double place(Node& node, double top, double pixels_per_quantum) {
  const double height = height_of(node, pixels_per_quantum);
  const double slot = std::max(height, svg::kLine);
  if (node.parts.empty()) {
    node.y = top + (slot - height) / 2.0;
    return top + slot + kGap;
  }
  double next = top;
  for (Node& part : node.parts) next = place(part, next, pixels_per_quantum);
  node.y = (top + next - kGap - height) / 2.0;
  return next;
}

std::string band(double x0, double y0, double x1, double y1, double height, const std::string& colour) {
  const double middle = (x0 + x1) / 2.0;
  return fmt::format(
      "<path class='flow {0}' d='M{1:.1f} {2:.2f}C{5:.1f} {2:.2f} {5:.1f} {4:.2f} {3:.1f} {4:.2f}v{6:.2f}"
      "C{5:.1f} {7:.2f} {5:.1f} {8:.2f} {1:.1f} {8:.2f}Z'/>\n",
      colour, x0, y0, x1, y1, middle, height, y1 + height, y0 + height);
}

struct Drawing {
  std::string bands;
  std::string nodes;
  std::string labels;
};

void draw(const Node& node, std::size_t column, std::int64_t whole, double pixels_per_quantum,
          Drawing& drawing) {
  const double x = kColumns.at(column);
  const double height = height_of(node, pixels_per_quantum);
  const std::string text = fmt::format("{} {}, {:.1f} %", node.name, energy_text(to_pj(node.quanta)),
                                       100.0 * static_cast<double>(node.quanta) / static_cast<double>(whole));
  drawing.nodes += fmt::format("<rect class='{}' x='{}' y='{:.2f}' width='{}' height='{:.2f}'/>\n",
                               node.colour, x, node.y, kNode, std::max(height, 0.5));
  drawing.labels += svg::text_at(x + kNode + 5.0, node.y + height / 2.0 + 4.0, "start", text);
  double y = node.y;
  for (const Node& part : node.parts) {
    const double part_height = height_of(part, pixels_per_quantum);
    drawing.bands += band(x + kNode, y, kColumns.at(column + 1), part.y, part_height, part.colour);
    y += part_height;
    draw(part, column + 1, whole, pixels_per_quantum, drawing);
  }
}

}  // namespace

std::string energy_flow_svg(const IterationResult& result, const AcceleratorParameters& machine) {
  Node root = tree_of(result.energy);
  const double pixels_per_quantum = root.quanta == 0 ? 0.0 : kFlowHeight / static_cast<double>(root.quanta);
  const double bottom = place(root, kTop, pixels_per_quantum);
  Drawing drawing;
  if (root.quanta != 0) draw(root, 0, root.quanta, pixels_per_quantum, drawing);
  return svg::opened(kWidth, std::ceil(bottom) + 20.0, kColumns[0],
                     fmt::format("Where the energy of an iteration on {} goes", machine.name),
                     svg::part_styles() + std::string(kStyles)) +
         drawing.bands + drawing.nodes + "<g class='label'>\n" + drawing.labels + "</g>\n" +
         std::string(svg::kClosed);
}

}  // namespace lnsim
