#include "tests/unit/characterise/gates/verilog_models.h"

#include <fmt/format.h>

#include <set>

namespace lnsim::gates {
namespace {

std::string ports(const Cell& cell) {
  std::string text;
  for (const Pin& pin : cell.pins) {
    const char* direction = pin.direction == PinDirection::kInput ? "input" : "output";
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", direction, pin.name);
  }
  return text;
}

std::string state(const FlipFlop& ff) {
  const auto same = [](const std::string& name) { return name; };
  std::string text = fmt::format("  reg {0} = 0;\n  wire {1} = ~{0};\n", ff.state, ff.inverted_state);
  text += fmt::format("  wire clock = {};\n", ff.clocked_on->verilog(same));
  std::string edges = "posedge clock", forced;
  if (ff.clear) {
    text += fmt::format("  wire clear = {};\n", ff.clear->verilog(same));
    edges += " or posedge clear";
    forced += fmt::format("if (clear) {} <= 0; else ", ff.state);
  }
  if (ff.preset) {
    text += fmt::format("  wire preset = {};\n", ff.preset->verilog(same));
    edges += " or posedge preset";
    forced += fmt::format("if (preset) {} <= 1; else ", ff.state);
  }
  return text +
         fmt::format("  always @({}) {}{} <= {};\n", edges, forced, ff.state, ff.next_state->verilog(same));
}

std::string paths_of(const Cell& cell) {
  std::set<std::string> paths;
  for (const Pin& pin : cell.pins) {
    for (const TimingArc& arc : pin.timing) {
      if (arc.type == "setup_rising") continue;
      for (const std::string& from : arc.related_pins) {
        if (cell.find_pin(from) == nullptr || cell.find_pin(from)->direction != PinDirection::kInput)
          continue;
        const bool edge = arc.type == "rising_edge";
        paths.insert(edge ? fmt::format("    (posedge {} => ({} +: 1'b0)) = (0, 0);\n", from, pin.name)
                          : fmt::format("    ({} => {}) = (0, 0);\n", from, pin.name));
      }
    }
  }
  std::string text;
  for (const std::string& path : paths) text += path;
  return "  specify\n" + text + "  endspecify\n";
}

bool is_simulated(const Cell& cell) {
  if (!cell.other_state.empty()) return false;
  for (const Pin& pin : cell.pins) {
    if (pin.three_state || (pin.direction == PinDirection::kOutput && !pin.function)) return false;
  }
  return true;
}

}  // namespace

std::string verilog_models(const Library& library, Paths paths) {
  std::string text = "`timescale 1ps/100fs\n";
  for (const auto& [name, cell] : library.cells) {
    if (!is_simulated(cell)) continue;
    text += fmt::format("module {}({});\n", name, ports(cell));
    if (cell.flip_flop) text += state(*cell.flip_flop);
    for (const Pin& pin : cell.pins) {
      if (pin.direction == PinDirection::kOutput)
        text += fmt::format("  assign {} = {};\n", pin.name,
                            pin.function->verilog([](const std::string& used) { return used; }));
    }
    if (paths == Paths::kSpecified) text += paths_of(cell);
    text += "endmodule\n";
  }
  return text;
}

}  // namespace lnsim::gates
