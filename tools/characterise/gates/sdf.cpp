#include "tools/characterise/gates/sdf.h"

#include <fmt/format.h>

#include <cctype>
#include <iterator>

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

}  // namespace

std::string sdf_text(const MappedDesign& design, const StaticTiming& timing) {
  fmt::memory_buffer text;
  const auto out = std::back_inserter(text);
  fmt::format_to(
      out, "(DELAYFILE\n(SDFVERSION \"3.0\")\n(DESIGN \"{}\")\n(DIVIDER /)\n(VOLTAGE {})\n(TEMPERATURE {})\n",
      design.top(), design.library().voltage, design.library().temperature_c);
  fmt::format_to(out, "(TIMESCALE 1ps)\n");
  for (std::uint32_t i = 0; i < design.instances().size(); ++i) {
    const Instance& instance = design.instances()[i];
    const CellKind& kind = *instance.kind;
    fmt::format_to(out, "(CELL (CELLTYPE \"{}\") (INSTANCE {})\n (DELAY (ABSOLUTE\n", kind.cell->name,
                   escaped(instance.name));
    for (std::size_t input = 0; input < kind.inputs.size(); ++input) {
      for (std::size_t output = 0; output < kind.outputs.size(); ++output) {
        const RiseFall& delay = timing.delay(i, input, output);
        if (delay.rise_ps == 0 && delay.fall_ps == 0) continue;
        const bool edge = kind.flip_flop && input == kind.clock;
        const std::string from =
            edge ? fmt::format("(posedge {})", kind.inputs[input]->name) : kind.inputs[input]->name;
        fmt::format_to(out, "  (IOPATH {} {} ({:.1f}) ({:.1f}))\n", from, kind.outputs[output]->name,
                       delay.rise_ps, delay.fall_ps);
      }
    }
    fmt::format_to(out, " )))\n");
  }
  fmt::format_to(out, ")\n");
  return fmt::to_string(text);
}

}  // namespace lnsim::gates
