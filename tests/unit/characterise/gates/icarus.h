// The same netlist in another simulator, as a check of what switches.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "tests/unit/characterise/gates/stimulus.h"
#include "tools/characterise/gates/static_timing.h"

namespace lnsim::gates {

struct Toggles {
  std::uint64_t rises = 0, falls = 0;
};

// Runs `verilog`, which Yosys wrote beside the design's JSON, in Icarus: toggles by the net's name in plain
// letters. With `timing` the delays reach it as SDF, through $sdf_annotate. The period is in ps.
//
// Icarus takes dots of escaped names in SDF files for levels of hierarchy, so that names are spelt without
// any. Of inputs of a cell that are on one net it knows one path only.
std::map<std::string, Toggles> run_icarus(const MappedDesign& design, const std::filesystem::path& verilog,
                                          const Stimulus& stimulus, const StaticTiming* timing,
                                          double period_ps);

// The net that the netlist calls `name`: a wire, or a bit of one. Null when Icarus has none.
const Toggles* find_net(const std::map<std::string, Toggles>& nets, const std::string& name);

}  // namespace lnsim::gates
