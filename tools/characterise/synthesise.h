// From Verilog to a netlist of library cells: Yosys, with ABC for logic.
//
// The design is flattened first, so that what nothing reads disappears wherever it stands, and then cut into
// blocks (Yosys' submod) by the rules of the design: logic is optimised within a block and not across its
// edge, which is what makes a cell belong to one. Adders of more than two numbers become carry-save adders on
// the library's full adder before ABC sees them, which would take them apart.
#pragma once

#include <filesystem>
#include <string>

#include "tools/characterise/design.h"
#include "tools/characterise/full_adder.h"
#include "tools/characterise/synthesis_library.h"

namespace lnsim::characterise {

struct SynthesisTools {
  std::filesystem::path rtl;  // the folder models/rtl
  std::string yosys = "yosys";
};

struct Constraints {
  double period_ps = 0;
  std::string driving_cell;  // of ABC's inputs
  double output_load_ff = 0;
};

struct MappedFiles {
  std::filesystem::path json, verilog, log;
};

// Writes design.sv, synthesise.ys, mapped.json, mapped.v, yosys.log and a link `rtl` into the folder. The
// netlist is the same wherever the folder and the RTL stand, as long as the library's files stand as far from
// the folder. Throws UserError with the end of the log when Yosys is not there or fails, or leaves cells that
// are not of the library.
MappedFiles synthesise(const Design& design, const SynthesisLibrary& library, const FullAdder* adder,
                       const Constraints& constraints, const SynthesisTools& tools,
                       const std::filesystem::path& folder);

}  // namespace lnsim::characterise
