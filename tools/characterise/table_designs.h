// Which entry of an energy table a design stands for.
#pragma once

#include <filesystem>
#include <vector>

#include "tools/characterise/specification.h"

namespace lnsim::characterise {

// Throws UserError, which names the specification's file, when two of the designs with `energy_table` would
// stand for one entry: lanes of one datapath (of LNS: and size of the conversion table, and octaves of its
// products), quantisers, update lanes of one optimizer.
void check_one_design_per_entry(const std::vector<DesignParameters>& designs,
                                const std::filesystem::path& file);

}  // namespace lnsim::characterise
