// The energy of vector lanes from what switches in them: a linear function of the counts of
// models/arith/switching.h, fitted to gate level (tools/characterise). Where a run has operands and the table
// a model of the machine's datapath, it takes the place of the means that `events` has for datapath.mac,
// datapath.idle_mac and collector.accumulate.
//
// The section of an energy table, by kind of datapath:
//
//     switching:
//       lns:
//         - table_entries: 8                     LNS only; the machine's, or the model does not apply
//           product_octaves: 31.75               LNS only, may be left out; likewise
//           lane: {slots: 1.2, term_bits: 0.8}   fJ per count, >= 0; counts that are left out cost nothing
//           collector: {slots: 0.1, accumulator_bits: 0.5}
//           held_out_error: {mean: 0.02, worst: 0.06, streams: 4}
//           operand_class: normal
//           basis: characterised
//           source: netlist, library, streams
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/arith/switching.h"
#include "models/parameters.h"
#include "sim/base/yaml_map.h"
#include "sim/run/energy/event_cost.h"

namespace lnsim {

using SwitchingCoefficients = std::array<double, arith::kSwitchingCount>;  // fJ per count

// |model - gate level| over gate level, of lane and collector together, on streams that the fit has not seen.
struct HeldOutError {
  double mean = 0.0;
  double worst = 0.0;
  std::uint32_t streams = 0;
};

struct SwitchingModel {
  // Of an LNS datapath; octaves as in product_octaves.h, nothing: any.
  unsigned table_entries = 0;
  std::optional<double> product_octaves;
  SwitchingCoefficients lane{};
  SwitchingCoefficients collector{};
  HeldOutError held_out_error;
  std::string operand_class;  // of which the entries in `events` are means
  std::string source;
  Basis basis = Basis::our_choice;
  // From the worst error on held-out streams: true is between 1 / (1 + worst) and 1 / (1 - worst) times the
  // model.
  Uncertainty uncertainty;
};

double switching_pj(const SwitchingCoefficients& coefficients, const arith::SwitchingCounts& counts);

// The models of a table by arith::DatapathKind; nothing for kinds that it does not name.
using SwitchingSection =
    std::array<std::optional<std::vector<SwitchingModel>>, arith::kDatapathKindNames.size()>;

// Reads the section and reports every mistake.
SwitchingSection read_switching_section(const YamlNode& node, const std::string& path, YamlReport& report);

// The model of a machine's lanes among those of their kind, if any.
std::optional<SwitchingModel> model_of(const std::vector<SwitchingModel>& models,
                                       const AcceleratorParameters& machine);

}  // namespace lnsim
