// Liberty files as Yosys and ABC take them: plain, and all combinational cells in one file.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "tools/characterise/gates/liberty_library.h"

namespace lnsim::characterise {

struct SynthesisLibrary {
  std::vector<std::filesystem::path> files;  // all cells
  std::filesystem::path combinational;       // for ABC
  std::filesystem::path flip_flops;          // for dfflibmap
};

// Writes the files into the folder. `library` is what the Liberty files hold. Throws UserError when files
// with combinational cells differ in their units, or when flip-flops stand in none or in several.
SynthesisLibrary write_synthesis_library(std::span<const std::filesystem::path> liberty,
                                         const gates::Library& library, const std::filesystem::path& folder);

}  // namespace lnsim::characterise
