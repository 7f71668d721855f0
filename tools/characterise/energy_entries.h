// Entries for energy tables (configs/energy/README.md) out of a characterisation.
//
//   datapath.mac             a beat without the accumulation, divided by vector_size; of the register of the
//                            streamed operand only the share of one lane
//   datapath.idle_mac        the same with all operands zero
//   collector.accumulate     the blocks accumulate and collector, per beat
//   datapath.idle_cycle      the clock of a cycle without a beat, per product that the lane might have made
//   datapath.leakage_cycle   leakage of all blocks, per product and ns
//   pe.clock_cycle           nothing: the registers that other tables count there are those of the lanes
//   ppu.value, weight_update.parameter
// Leakage is in datapath.leakage_cycle only, the clock of a working lane in what the cycle does.
#pragma once

#include <nlohmann/json.hpp>

#include "tools/characterise/characterise.h"

namespace lnsim::characterise {

// The key `events` of a table with the entries that there are designs for; no two stand for one entry
// (table_designs.h).
nlohmann::ordered_json energy_entries(const Characterisation& characterisation);

}  // namespace lnsim::characterise
