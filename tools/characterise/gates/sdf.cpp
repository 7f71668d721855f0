#include "tools/characterise/gates/sdf.h"

#include <fmt/format.h>

#include <cctype>

namespace lnsim::gates {
namespace {

// An identifier as SDF wants it: a backslash before every character that is not a letter, a digit or _.
std::string escaped(const std::string& name) {
  std::string result;
  for (const char c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_') result += '\\';
    result += c;
  }
  return result;
}

std::string paths_of(const MappedDesign& design, const StaticTiming& timing, std::uint32_t index) {
  const Instance& instance = design.instances()[index];
  const CellKind& kind = *instance.kind;
  std::string text;
  for (std::size_t input = 0; input < kind.inputs.size(); ++input) {
    if (instance.inputs[input] == kConstantZero || instance.inputs[input] == kConstantOne) continue;
    const std::string& pin = kind.inputs[input]->name;
    const std::string from = kind.flip_flop && input == kind.clock ? fmt::format("(posedge {})", pin) : pin;
    for (std::size_t output = 0; output < kind.outputs.size(); ++output) {
      const RiseFall& delay = timing.delay(index, input, output);
      if (delay.rise_ps == 0 && delay.fall_ps == 0) continue;
      text += fmt::format("  (IOPATH {} {} ({:.1f}) ({:.1f}))\n", from, kind.outputs[output]->name,
                          delay.rise_ps, delay.fall_ps);
    }
  }
  return text;
}

}  // namespace

std::string sdf_text(const MappedDesign& design, const StaticTiming& timing) {
  std::string text = fmt::format(
      "(DELAYFILE\n(SDFVERSION \"3.0\")\n(DESIGN \"{}\")\n(DIVIDER /)\n(VOLTAGE {})\n(TEMPERATURE {})\n"
      "(TIMESCALE 1ps)\n",
      design.top(), design.library().voltage, design.library().temperature_c);
  for (std::uint32_t i = 0; i < design.instances().size(); ++i) {
    const std::string paths = paths_of(design, timing, i);
    if (paths.empty()) continue;
    text += fmt::format("(CELL (CELLTYPE \"{}\") (INSTANCE {})\n (DELAY (ABSOLUTE\n{} )))\n",
                        design.instances()[i].kind->cell->name, escaped(design.instances()[i].name), paths);
  }
  return text + ")\n";
}

}  // namespace lnsim::gates
