#include "tools/characterise/report_table.h"

#include <fmt/format.h>

#include "sim/run/report/text_table.h"
#include "tools/characterise/switching_fit.h"

namespace lnsim::characterise {
namespace {

std::string femtojoules(double value) {
  return fmt::format("{:.2f}", value);
}

std::string designs_text(const Characterisation& c) {
  TextTable table({"design", "cells", "flip-flops", "area um2", "path ps", "period ps"}, 1);
  for (const DesignResult& d : c.designs) {
    table.add({d.design.name, grouped(d.cells), grouped(d.flip_flops), fmt::format("{:.1f}", d.area_um2),
               fmt::format("{:.0f}", d.critical_path_ps), fmt::format("{:.0f}", d.period_ps)});
  }
  return table.str();
}

std::string streams_text(const Characterisation& c) {
  TextTable table({"design", "stream", "cycles", "fJ/op", "s.e. %", "glitch-free", "combinational",
                   "sequential", "clock", "leakage"},
                  2);
  for (const DesignResult& d : c.designs) {
    for (const StreamResult& s : d.streams) {
      const double n = d.operations();
      const CycleEnergy& e = s.delayed.total;
      table.add({d.design.name, s.stream, grouped(s.cycles), femtojoules(e.total_fj() / n),
                 fmt::format("{:.2f}", 100 * s.delayed.standard_error_fj / e.total_fj()),
                 femtojoules(s.glitch_free.total.total_fj() / n), femtojoules(e.combinational_fj / n),
                 femtojoules(e.sequential_fj / n), femtojoules(e.clock_fj / n),
                 femtojoules(e.leakage_fj / n)});
    }
  }
  return table.str();
}

// Of the first stream, on which all designs work.
std::string blocks_text(const Characterisation& c) {
  TextTable table({"design", "block", "cells", "area um2", "fJ/op", "glitch-free", "share %"}, 2);
  for (const DesignResult& d : c.designs) {
    if (d.streams.empty()) continue;
    const StreamResult& s = d.streams.front();
    const double n = d.operations();
    for (std::size_t i = 0; i < d.blocks.size(); ++i) {
      const double energy = s.delayed.by_block[i].total_fj();
      table.add({d.design.name, d.blocks[i].name, grouped(d.blocks[i].cells),
                 fmt::format("{:.1f}", d.blocks[i].area_um2), femtojoules(energy / n),
                 femtojoules(s.glitch_free.by_block[i].total_fj() / n),
                 fmt::format("{:.1f}", 100 * energy / s.delayed.total.total_fj())});
    }
  }
  return table.str();
}

// Errors of the data-dependent models, by stream.
std::string models_text(const Characterisation& c) {
  TextTable table({"design", "stream", "role", "error %"}, 3);
  for (const DesignResult& d : c.designs) {
    if (d.design.unit != Unit::lane) continue;
    const SwitchingFit& fit = d.switching;
    for (const SwitchingFit::Error& error : fit.errors)
      table.add({d.design.name, error.stream,
                 std::string(kStreamRoleNames[static_cast<std::size_t>(error.role)]),
                 fmt::format("{:+.1f}", 100 * error.relative)});
    const HeldOutError held_out = held_out_error(fit);
    if (held_out.streams > 0)
      table.add({d.design.name, fmt::format("all {} held out", held_out.streams),
                 fmt::format("worst {:.1f}", 100 * held_out.worst),
                 fmt::format("{:.1f}", 100 * held_out.mean)});
  }
  return table.str();
}

}  // namespace

std::string characterisation_text(const Characterisation& c) {
  return fmt::format(
      "{}\n{} V, {} C, {}\n\nArea and timing\n{}\nEnergy of an operation (product, value or "
      "parameter)\n{}\nBy block, on the stream {}\n{}\nEnergy from what switches: model against gate level, "
      "without "
      "leakage\n{}",
      c.specification.name, c.voltage, c.temperature_c, fmt::join(c.libraries, ", "), designs_text(c),
      streams_text(c), c.designs.front().streams.empty() ? "" : c.designs.front().streams.front().stream,
      blocks_text(c), models_text(c));
}

}  // namespace lnsim::characterise
