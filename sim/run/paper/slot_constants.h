// The energy of one multiplier slot of a working beat, by datapath.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "sim/run/paper/published.h"

namespace lnsim {

struct SlotConstant {
  RealInterval allowed;    // fJ, by the printed figures of all fitted rows
  PrintedNumber fj;        // the shortest number in it
  double preset_fj = 0.0;  // what the PE-level energy table charges for a multiply-accumulate
};

// From the printed figures of the rows marked `fitted`: each allows an interval of energy over slots, and the
// constant lies in all of them. `slots` holds the slots of one iteration of every workload of these rows.
// `file` is named in the UserError that is thrown when no constant gives all figures of a datapath, or when a
// row has a datapath that no fitted row has.
std::map<arith::DatapathKind, SlotConstant> fit_constants(const Published& published,
                                                          const std::map<std::string, std::uint64_t>& slots,
                                                          const std::filesystem::path& file);

}  // namespace lnsim
