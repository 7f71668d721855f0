// Entries for energy tables (configs/energy/README.md) out of a characterisation.
//
//   datapath.mac          a beat without the accumulation, divided by vector_size; of the register of the
//                         streamed operand only the share of one lane
//   datapath.idle_mac     the same with all operands zero
//   collector.accumulate  the blocks accumulate and collector, per beat
//   ppu.value, weight_update.parameter
// Clock and leakage of a cycle are in the energy of what the cycle does.
#pragma once

#include <nlohmann/json.hpp>

#include "tools/characterise/characterise.h"

namespace lnsim::characterise {

// The key `events` of a table with the entries that there are designs for. Throws UserError when two designs
// would stand for one entry.
nlohmann::ordered_json energy_entries(const Characterisation& characterisation);

// The key `datapaths` of sim/run/compare/characterised.h: energy and area of the same lanes by block,
// accumulation included.
nlohmann::ordered_json datapath_entries(const Characterisation& characterisation);

}  // namespace lnsim::characterise
